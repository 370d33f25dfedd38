// Notes visited pages of the chain's sites, once the site has called comptoir.consent(true): until then nothing is stored,
// nothing is sent; no cookie at any time. <script src="https://hub.example/visits.js" data-kind="product" data-sku="L-1" async></script>
// Calls made before it is loaded: (window.comptoir ||= []).push(["consent", true])
const script = document.currentScript;
const base = new URL(".", script.src);
const PLACE = "comptoir-visitor";
const PARAMETER = "comptoir";
const draw = (bytes) => [...crypto.getRandomValues(new Uint8Array(bytes))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

let agreed = false;
let refused = false;
let visitor = "";
let token = take_token();
let waiting = [{ kind: script.dataset.kind || "other", sku: script.dataset.sku || "", family: script.dataset.family || "" }];
if ("manual" in script.dataset) waiting = [];

/** The token of a followed link leaves the address bar at once, consent or not: it is nobody else's business. */
function take_token() {
  const here = new URL(location.href);
  const found = here.searchParams.get(PARAMETER) ?? "";
  if (found) {
    here.searchParams.delete(PARAMETER);
    history.replaceState(history.state, "", here);
  }
  return found;
}

function send(path, fields) {
  const body = new URLSearchParams(fields);
  const url = new URL(`visits/${path}`, base);
  if (navigator.sendBeacon?.(url, body)) return;
  fetch(url, { method: "POST", body, keepalive: true, credentials: "omit" }).catch(() => {});
}

function kept() {
  try { return localStorage.getItem(PLACE) ?? ""; } catch { return ""; }
}

function keep(value) {
  try {
    if (value) localStorage.setItem(PLACE, value);
    else localStorage.removeItem(PLACE);
  } catch { /* a browser that keeps nothing: the id lasts as long as the page */ }
}

function flush() {
  if (!agreed) return;
  for (const page of waiting.splice(0)) {
    send("note", { visitor, key: draw(8), token, ...page });
    token = "";
  }
}

const doors = {
  /** What the visitor chose on the site's own banner; false forgets this browser, here and at the hub, and its pages so far. */
  consent(yes) {
    agreed = yes === true;
    refused = !agreed;
    if (agreed) {
      visitor = kept() || draw(16);
      keep(visitor);
      flush();
      return;
    }
    waiting = [];
    const known = visitor || kept();
    keep("");
    visitor = "";
    if (known) send("forget", { visitor: known });
  },
  /** A page of a site that changes pages without loading them. */
  visit(kind, { sku = "", family = "" } = {}) {
    if (refused) return;
    waiting.push({ kind, sku, family });
    if (waiting.length > 20) waiting.shift();
    flush();
  },
  /** The visitor's id for the shop's own calls (baskets, orders, log-in); empty without consent. */
  visitor: () => (agreed ? visitor : ""),
};

const before = Array.isArray(window.comptoir) ? window.comptoir : [];
window.comptoir = { ...doors, push: ([name, ...given]) => doors[name]?.(...given) };
before.forEach(window.comptoir.push);

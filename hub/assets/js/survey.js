// The survey page, closed early: after a real gesture on a page seen for three seconds, tell what was chosen.
const LEAST_MS = 3000;

/** How long the page has been visible, in milliseconds: a tab opened in the background does not count. */
function visible_clock() {
  let seen = 0;
  let since = null;
  const turn = () => {
    const now = performance.now();
    if (since !== null) seen += now - since;
    since = document.visibilityState === "visible" ? now : null;
  };
  turn();
  document.addEventListener("visibilitychange", turn);
  return () => seen + (since === null ? 0 : performance.now() - since);
}

function watch(place) {
  const form = place.querySelector("form");
  const seen_ms = visible_clock();
  let is_touched = false;
  let is_told = false;

  const note = (event) => {
    is_touched ||= event.isTrusted && document.visibilityState === "visible";
  };
  const tell = () => {
    if (is_told || !is_touched || seen_ms() < LEAST_MS) return;
    is_told = true;
    const body = new URLSearchParams({ choice: place.dataset.choice, nonce: form.elements.nonce.value });
    if (!navigator.sendBeacon?.(place.dataset.intent, body)) {
      fetch(place.dataset.intent, { method: "POST", body, keepalive: true }).catch(() => {});
    }
  };

  for (const kind of ["pointerdown", "touchstart", "keydown"]) {
    addEventListener(kind, note, { capture: true, passive: true });
  }
  form.addEventListener("submit", () => { is_told = true; });
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") tell(); });
  addEventListener("pagehide", tell);
}

const place = document.querySelector("[data-intent]");
if (place) watch(place);

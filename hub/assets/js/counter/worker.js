// The service worker of the counter: its page opens again without a network. The hub writes KEPT (the built assets of this
// version) and VERSION in front of it, so that a new version is a new worker, which keeps its own and forgets the old ones.
const SHELF = `counter-${VERSION}`;
const SLOW_MS = 5000;
const ANY = { ignoreVary: true };

self.addEventListener("install", (event) => event.waitUntil(keep_all().then(() => self.skipWaiting())));
self.addEventListener("activate", (event) => event.waitUntil(forget_others().then(() => self.clients.claim())));
self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== self.location.origin) return;
  if (event.request.mode === "navigate" && is_page(url)) event.respondWith(open_page(event.request));
  else if (url.pathname.startsWith("/assets/")) event.respondWith(open_asset(event.request));
});

/** Only the page itself; its token and its worker are asked of the hub. */
function is_page(url) {
  return url.pathname === new URL(self.registration.scope).pathname;
}

/** Pages open now, and their assets. Without a page (nobody is logged in) the old worker stays. */
async function keep_all() {
  const shelf = await caches.open(SHELF);
  await shelf.addAll(KEPT);
  const pages = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  const urls = pages.map((page) => new URL(page.url)).filter(is_page);
  const kept = await Promise.all(urls.map((url) => fetch_page(new Request(url.pathname + url.search))));
  if (!kept.some((page) => page.ok && !page.redirected)) throw new Error("no page to keep");
}

async function forget_others() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith("counter-") && name !== SHELF).map((name) => caches.delete(name)));
}

/** From the hub, and kept; what was kept only when the hub does not answer or takes too long. */
async function open_page(request) {
  const shelf = await caches.open(SHELF);
  const kept = (await shelf.match(request, ANY)) ?? (await last_page(shelf));
  if (!kept) return fetch_page(request);
  if (!navigator.onLine) return kept;
  const slow = new Promise((resolve) => { setTimeout(() => resolve(kept), SLOW_MS); });
  return Promise.race([fetch_page(request).then((page) => (page.status >= 500 ? kept : page)).catch(() => kept), slow]);
}

async function fetch_page(request) {
  const page = await fetch(request);
  if (page.ok && !page.redirected && page.type === "basic") await (await caches.open(SHELF)).put(request.url, page.clone());
  return page;
}

async function last_page(shelf) {
  const found = (await shelf.keys()).filter(({ url }) => is_page(new URL(url)));
  return found.length ? shelf.match(found.at(-1), ANY) : undefined;
}

/** The names of built assets carry a hash of their content: what is kept is never out of date. */
async function open_asset(request) {
  const shelf = await caches.open(SHELF);
  const kept = await shelf.match(request, ANY);
  if (kept) return kept;
  const found = await fetch(request);
  if (found.ok && found.type === "basic") await shelf.put(request, found.clone());
  return found;
}

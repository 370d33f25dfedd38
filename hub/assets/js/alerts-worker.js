// The service worker of the staff pages: shows what the hub alerts of, and opens the page it is about. Nothing is cached.

/** A page of ours in front of the person has its own signs: no alert covers it. */
async function is_in_front() {
  const pages = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  return pages.some((page) => page.focused);
}

async function show(told) {
  if (await is_in_front()) return;
  await self.registration.showNotification(told.title || "Comptoir", {
    body: told.body || "",
    tag: told.tag || "comptoir",
    renotify: true,
    data: { url: told.url || "/" },
  });
}

async function open_page(url) {
  const pages = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  const page = pages.find((each) => new URL(each.url).pathname === new URL(url, self.location.origin).pathname);
  return page ? page.focus() : self.clients.openWindow(url);
}

self.addEventListener("push", (event) => event.waitUntil(show(event.data ? event.data.json() : {})));
self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(open_page(event.notification.data.url));
});

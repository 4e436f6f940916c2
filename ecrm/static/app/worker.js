/* Keeps the shell – hashed static files, and a page for the time without a network – and nothing that is anybody's. SHELL stands above. */
"use strict";

importScripts(...SHELL.scripts);

self.addEventListener("install", function (event) {
  event.waitUntil((async function () {
    const cache = await caches.open(SHELL.cache);
    const addresses = SHELL.files.concat(Object.values(SHELL.pages));
    await cache.addAll(addresses.map(function (address) { return new Request(address, {credentials: "omit", cache: "no-cache"}); }));
    await self.skipWaiting();
  }()));
});

self.addEventListener("activate", function (event) {
  event.waitUntil((async function () {
    for (const name of await caches.keys()) { if (name !== SHELL.cache) { await caches.delete(name); } }
    if (self.registration.navigationPreload) { await self.registration.navigationPreload.enable(); }
    await self.clients.claim();
  }()));
});

async function page(event) {
  try {
    return (await event.preloadResponse) || await fetch(event.request);
  } catch (error) {
    const person = await self.ecrm.store.get("about", "person").catch(function () { return null; });
    const address = SHELL.pages[person && person.language] || SHELL.pages[SHELL.else];
    return (await caches.match(address)) || Response.error();
  }
}

self.addEventListener("fetch", function (event) {
  const url = new URL(event.request.url);
  if (url.origin !== self.location.origin) { return; }
  if (event.request.mode === "navigate") {
    event.respondWith(page(event));
  } else if (event.request.method === "GET" && SHELL.files.includes(url.pathname + url.search)) {
    event.respondWith(caches.match(event.request).then(function (kept) { return kept || fetch(event.request); }));
  }
});

self.addEventListener("sync", function (event) {
  if (self.ecrm.outbox) { event.waitUntil(self.ecrm.outbox.flush()); }
});

/* On every page: the device belongs to who is logged in, forgets them when they log out, and keeps the shell of their site. */
(function () {
  "use strict";

  const about = document.body.dataset, store = window.ecrm.store;

  if (about.person) {
    window.ecrm.ready = store.belongsTo({
      id: Number(about.person), language: document.documentElement.lang, kept: about.kept || "",
    }).catch(function () {});
  }

  if (about.worker && navigator.serviceWorker) {
    window.addEventListener("load", function () { navigator.serviceWorker.register(about.worker).catch(function () {}); });
  }

  /* Logging out forgets everything on this device; what was never sent is asked about. */
  document.addEventListener("submit", function (event) {
    const form = event.target;
    if (new URL(form.getAttribute("action") || "", window.location.href).pathname !== "/logout" || !window.indexedDB) { return; }
    event.preventDefault();
    (async function () {
      const unsent = (await store.all("updates")).filter(function (update) { return update.state !== "sent"; }).length;
      if (unsent && !window.confirm(form.dataset.unsent || "")) { return; }
      await store.wipe();
      form.submit();
    }()).catch(function () { form.submit(); });
  }, true);
}());

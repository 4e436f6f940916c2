/* What a customer is writing is kept on the device until it has arrived: the network may be gone when they press the button. */
(function () {
  "use strict";

  const store = window.ecrm.store, SENDING = "ecrm-sending", LATER = 300;
  const told = document.querySelector("[data-draft-back]"), alarm = document.querySelector("[data-draft-offline]");

  function fieldsOf(form) {
    return Array.from(form.elements).filter(function (field) {
      return field.name && field.name !== "csrf_token" && !["file", "submit", "button", "password"].includes(field.type);
    });
  }

  function written(form) {
    return fieldsOf(form).some(function (field) { return ["text", "textarea"].includes(field.type) && field.value.trim(); });
  }

  function photosOf(form) {
    const gallery = form.putPhotos && form.querySelector("input[type=file][multiple]");
    return gallery ? Array.from(gallery.files) : [];
  }

  /* The bytes themselves: what a phone's gallery lends is gone when the page is. */
  async function copied(file) { return {name: file.name, blob: new Blob([await file.arrayBuffer()], {type: file.type})}; }

  async function save(form) {
    if (form.photosReady) { await form.photosReady(); }
    if (!written(form) && !photosOf(form).length) { return store.remove("drafts", form.dataset.draft); }
    const values = fieldsOf(form).filter(function (field) { return field.type !== "radio" || field.checked; });
    const draft = {page: form.dataset.draft, at: Date.now(), values: values.map(function (field) { return [field.name, field.value]; }), files: []};
    await store.put("drafts", Object.assign({}, draft, {files: await Promise.all(photosOf(form).map(copied))})).catch(function () {
      return store.put("drafts", draft); // a full phone keeps the words
    });
  }

  function fill(form, draft) {
    draft.values.forEach(function (pair) {
      fieldsOf(form).forEach(function (field) {
        if (field.name !== pair[0]) { return; }
        if (field.type === "radio") { field.checked = field.value === pair[1]; } else { field.value = pair[1]; }
      });
    });
  }

  /* A draft that was being sent has arrived when the form led here, and here is a page of ours without what was written, or what was wrong. */
  async function arrived(forms) {
    const sending = JSON.parse(window.sessionStorage.getItem(SENDING) || "null");
    if (!sending || document.querySelector(".error-page")) { return; }
    const came = document.referrer ? new URL(document.referrer).pathname : "", how = performance.getEntriesByType("navigation")[0];
    window.sessionStorage.removeItem(SENDING);
    if (came !== sending.from || !how || how.type !== "navigate") { return; }
    const form = forms.find(function (one) { return one.dataset.draft === sending.page; });
    if (!form || !written(form) && !form.querySelector(".invalid")) { await store.remove("drafts", sending.page); }
  }

  /* A page that comes back with an error has lost the photos: they are chosen again, and it need not ask for them. */
  function putBack(form, draft) {
    const files = draft.files || [], asks = form.querySelector("[data-files] .invalid");
    if (!files.length || !form.putPhotos || photosOf(form).length) { return; }
    form.putPhotos(files.map(function (file) { return new File([file.blob], file.name, {type: file.blob.type}); }));
    if (asks && form.querySelector("[data-files][data-lost]")) { asks.hidden = true; }
  }

  async function restore(form) {
    const draft = await store.get("drafts", form.dataset.draft);
    if (!draft) { return; }
    putBack(form, draft);
    if (written(form)) { return; }
    fill(form, draft);
    const line = told.content.cloneNode(true), button = line.querySelector("button");
    form.prepend(line);
    button.addEventListener("click", async function () {
      await store.remove("drafts", form.dataset.draft);
      window.location.reload();
    });
  }

  function watch(form) {
    let timer = 0;
    form.addEventListener("input", function () {
      window.clearTimeout(timer);
      timer = window.setTimeout(function () { save(form); }, LATER);
    });
    form.addEventListener("submit", function (event) {
      window.clearTimeout(timer);
      if (navigator.onLine) {
        save(form);
        window.sessionStorage.setItem(SENDING, JSON.stringify({page: form.dataset.draft, from: window.location.pathname}));
        return;
      }
      event.preventDefault();
      event.stopImmediatePropagation();
      save(form).then(function () {
        if (!form.querySelector(".message-warning")) { form.prepend(alarm.content.cloneNode(true)); }
        form.querySelector(".message-warning").scrollIntoView({block: "center"});
      });
    }, true);
  }

  const forms = Array.from(document.querySelectorAll("form[data-draft]"));
  if (!window.indexedDB || !document.body.dataset.person) { return; }
  forms.forEach(watch);
  Promise.resolve(window.ecrm.ready).then(function () { return arrived(forms); }).then(function () { return Promise.all(forms.map(restore)); });
}());

/* What was typed is not lost by a slip: leaving a page with changes that are not sent asks first. */
(function () {
  "use strict";

  var forms = Array.prototype.slice.call(document.querySelectorAll("form[data-once]")), calling = false;
  function picture(form) {
    return JSON.stringify(Array.from(new FormData(form)).map(function (pair) { return [pair[0], pair[1].name === undefined ? pair[1] : pair[1].name]; }));
  }
  /* A form that comes back with errors holds what is nowhere else. */
  var kept = new Map(forms.map(function (form) { return [form, form.querySelector(".is-invalid") ? "" : picture(form)]; }));

  /* A template comes in where the cursor stands; without a script the button asks the server for it. */
  document.addEventListener("click", function (event) {
    var button = event.target.closest("button[data-text]"), field = button && button.form.querySelector("textarea");
    if (!field) { return; }
    event.preventDefault();
    field.setRangeText(button.dataset.text, field.selectionStart, field.selectionEnd, "end");
    field.focus();
    button.closest("details").open = false;
  });

  forms.forEach(function (form) {
    form.addEventListener("submit", function () { kept.set(form, picture(form)); });
  });
  /* The telephone and the mail program open beside the page: nothing is left. */
  document.addEventListener("click", function (event) { calling = Boolean(event.target.closest("a[href^='tel:'], a[href^='mailto:']")); });
  window.addEventListener("beforeunload", function (event) {
    if (!calling && forms.some(function (form) { return kept.get(form) !== picture(form); })) { event.preventDefault(); }
    calling = false;
  });
}());

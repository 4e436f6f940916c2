/* The keyboard of the staff sites. Single keys can be switched off, for those whose voice or hand would press them unasked. */
(function () {
  "use strict";

  var dialog = document.getElementById("keys"), on = document.getElementById("keys-on"), going = 0;
  var OFF = "ecrm-keys-off", TYPING = "input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]";
  if (!dialog) { return; }

  function all(selector) { return Array.prototype.slice.call(document.querySelectorAll(selector)); }
  function first() { return Array.prototype.map.call(arguments, function (one) { return document.querySelector(one); }).filter(Boolean)[0]; }
  function press(link) { if (link) { link.click(); } }

  /* The cursor itself walks along the rows' links: it can be seen and heard, and Enter opens without a word of ours. */
  function walk(by) {
    var links = all("main .row-link, main .job-main"), row = document.activeElement.closest("tr, .job");
    var at = row ? links.indexOf(row.querySelector(".row-link, .job-main")) : -1;
    var next = links[at < 0 ? (by > 0 ? 0 : links.length - 1) : Math.max(0, Math.min(links.length - 1, at + by))];
    if (next) {
      next.focus({preventScroll: true, focusVisible: true});
      next.closest("tr, .job").scrollIntoView({block: "nearest"});
    }
  }

  var KEYS = {
    "/": function () { var field = first("#search", "#find"); if (field) { field.focus(); field.select(); } },
    "?": function () { dialog.showModal(); },
    j: function () { walk(1); },
    k: function () { walk(-1); },
    x: function () { var row = document.activeElement.closest("tr"); press(row && row.querySelector("[name=rowid]")); },
    n: function () { press(first("#new")); },
    e: function () { press(first("#edit")); },
    t: function () { var list = first("#templates"); if (list) { list.open = true; list.querySelector("button").focus(); } },
    g: function () { going = Date.now(); }
  };

  document.addEventListener("keydown", function (event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.defaultPrevented || dialog.open) { return; }
    if (event.key === "Escape" && event.target.matches("#search, #find")) { event.target.blur(); return; }
    if (!on.checked || event.target.closest(TYPING)) { return; }
    var went = Date.now() - going < 1500, place = went && first(".sidebar [data-go='" + CSS.escape(event.key) + "']");
    going = 0;
    if (place) { event.preventDefault(); press(place); return; }
    if (Object.prototype.hasOwnProperty.call(KEYS, event.key)) { event.preventDefault(); KEYS[event.key](); }
  });

  all("[data-keys]").forEach(function (button) {
    button.hidden = false;
    button.addEventListener("click", function () { dialog.showModal(); });
  });
  try { on.checked = !window.localStorage.getItem(OFF); } catch (closed) { on.checked = true; }
  on.addEventListener("change", function () {
    try {
      if (on.checked) { window.localStorage.removeItem(OFF); } else { window.localStorage.setItem(OFF, "1"); }
    } catch (closed) { /* then it holds for this page only */ }
  });
}());

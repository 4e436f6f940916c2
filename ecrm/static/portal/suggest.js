/* Help pages that fit what is being written; without this script all of them stand in a list. */
(function () {
  "use strict";

  var box = document.querySelector("[data-suggest]");
  if (!box) { return; }
  var form = document.getElementById(box.dataset.form), list = box.querySelector("ul"), all = Array.prototype.slice.call(list.children), timer = 0, asked = 0;

  function show(pages) {
    list.replaceChildren();
    if (!pages.length) { all.forEach(function (item) { list.appendChild(item); }); return; }
    pages.forEach(function (page) {
      var item = document.createElement("li"), link = document.createElement("a");
      link.className = "tap";
      link.href = page.url;
      link.target = "_blank";
      link.rel = "noopener";
      link.textContent = page.title;
      item.appendChild(link);
      list.appendChild(item);
    });
    box.open = true;
  }

  function ask() {
    var fields = new FormData(form), category = fields.get("category") || "", mine = ++asked;
    var words = (fields.get("subject") || "") + " " + (fields.get("description") || "");
    if (!category && words.trim().length < 4) { return; }
    window.fetch(box.dataset.suggest + "?" + new URLSearchParams({category: category, words: words.slice(-1000)}), {credentials: "same-origin"})
      .then(function (answer) { return answer.ok ? answer.json() : {pages: []}; })
      .then(function (found) { if (mine === asked) { show(found.pages); } })
      .catch(function () { /* without a network the list of all pages stays */ });
  }

  form.addEventListener("input", function () { window.clearTimeout(timer); timer = window.setTimeout(ask, 400); });
  ask();
}());

/* Behaviour of the staff sites: everything works without it but the look-ups of large tables. */
(function () {
  "use strict";

  function each(selector, action, root) {
    Array.prototype.forEach.call((root || document).querySelectorAll(selector), action);
  }

  /* A click on a row opens it; links, buttons, boxes and chosen text stay what they are. */
  document.addEventListener("click", function (event) {
    var row = event.target.closest("tr[data-href]");
    if (!row || event.target.closest("a, button, input, label, select, summary") || String(window.getSelection())) { return; }
    if (event.ctrlKey || event.metaKey) { window.open(row.dataset.href, "_blank", "noopener"); } else { window.location = row.dataset.href; }
  });

  /* A menu that closes when the person clicks elsewhere or presses Escape. */
  document.addEventListener("click", function (event) {
    each("details[data-closes][open]", function (menu) { if (!menu.contains(event.target)) { menu.open = false; } });
  });
  document.addEventListener("keydown", function (event) {
    if (event.key !== "Escape" || event.defaultPrevented) { return; }
    each("details[data-closes][open], details.verb[open]:focus-within", function (menu) { menu.open = false; menu.querySelector("summary").focus(); });
  });

  /* A form is sent once, however often the button is pressed; the pressed button's value still goes along. */
  each("form[data-once]", function (form) {
    form.addEventListener("submit", function (event) {
      if (form.dataset.sent) { event.preventDefault(); return; }
      form.dataset.sent = "1";
      window.setTimeout(function () { each("button", function (button) { button.disabled = true; }, form); }, 0);
    });
  });
  window.addEventListener("pageshow", function () {
    each("form[data-sent]", function (form) {
      delete form.dataset.sent;
      each("button", function (button) { button.disabled = false; }, form);
    });
  });

  each(".sidebar [aria-current]", function (link) { link.scrollIntoView({block: "nearest"}); });

  each("[data-print]", function (button) { button.addEventListener("click", function () { window.print(); }); });

  /* The verb that a person opens takes the cursor. */
  each("details.verb", function (verb) {
    verb.addEventListener("toggle", function () {
      var field = verb.open && verb.querySelector("textarea, select, input:not([type=hidden])");
      if (field) { field.focus({preventScroll: true}); verb.scrollIntoView({block: "nearest"}); }
    });
  });

  /* Filters: a choice is applied at once, one that arrow keys pass by with Enter; two days become one value, blanks stay out of the address. */
  each("form[data-trim]", function (form) {
    form.addEventListener("submit", function () {
      each("[data-days]", function (days) {
        var first = days.querySelector("[data-first]").value, last = days.querySelector("[data-last]").value;
        days.querySelector("input[type=hidden]").value = first || last ? (first === last ? first : first + ".." + last) : "";
      }, form);
      each("input[name], select[name]", function (field) { if (!field.value) { field.disabled = true; } }, form);
    });
    each("[data-submits]", function (field) {
      var keyed = false;
      field.addEventListener("pointerdown", function () { keyed = false; });
      field.addEventListener("keydown", function (event) {
        keyed = event.key !== "Enter";
        if (!keyed && form.classList.contains("is-waiting")) { event.preventDefault(); form.requestSubmit(); }
      });
      field.addEventListener("change", function () {
        if (keyed) { form.classList.add("is-waiting"); } else { form.requestSubmit(); }
      });
    }, form);
  });
  window.addEventListener("pageshow", function () {
    each("form[data-trim] :disabled", function (field) { field.disabled = false; });
  });

  /* The last day is after the first, which the calendar shows. */
  each("[data-after]", function (last) {
    var first = last.form.elements[last.dataset.after], least = last.min;
    function bound() {
      var day = new Date(first.value);
      if (first.value) { day.setUTCDate(day.getUTCDate() + 1); }
      last.min = first.value ? day.toISOString().slice(0, 10) : least;
    }
    if (first) { first.addEventListener("change", bound); bound(); }
  });

  /* Bulk verbs: how many rows are chosen, all at once, and a question before it happens. */
  each("form[data-bulk]", function (form) {
    var boxes = document.querySelectorAll("input[name=rowid][form=" + form.id + "]");
    var all = document.querySelector("[data-all]");
    function chosen() { return Array.prototype.filter.call(boxes, function (box) { return box.checked; }).length; }
    function show() {
      var count = chosen();
      form.querySelector("[data-chosen]").textContent = count || "";
      form.dataset.rows = count; /* on a phone the verbs wait for the first */
      if (all) { all.checked = count === boxes.length; all.indeterminate = count > 0 && count < boxes.length; }
    }
    Array.prototype.forEach.call(boxes, function (box) { box.addEventListener("change", show); });
    if (all) {
      all.addEventListener("change", function () {
        Array.prototype.forEach.call(boxes, function (box) { box.checked = all.checked; });
        show();
      });
    }
    form.addEventListener("submit", function (event) {
      if (!chosen()) { event.preventDefault(); window.alert(form.dataset.none); return; }
      var question = event.submitter && event.submitter.dataset.ask;
      if (question && !window.confirm(question)) { event.preventDefault(); }
    });
    show();
  });

  /* Look-ups in large tables: type, choose from what is found. */
  each("input[data-role=select2-ajax]", function (hidden, place) {
    var chosen = hidden.dataset.json ? JSON.parse(hidden.dataset.json) : null;
    var box = document.createElement("div"), field = document.createElement("input"), list = document.createElement("ul");
    var clear = document.createElement("button"), found = [], at = -1, timer = 0, asked = 0;
    box.className = "lookup";
    field.type = "text";
    field.className = hidden.className;
    field.id = hidden.id + "-lookup";
    field.autocomplete = "off";
    field.placeholder = hidden.dataset.search || "";
    ["role:combobox", "aria-autocomplete:list", "aria-expanded:false", "aria-controls:lookup-" + place].forEach(function (pair) {
      var parts = pair.split(":");
      field.setAttribute(parts[0], parts[1]);
    });
    ["aria-describedby", "aria-invalid"].forEach(function (name) {
      if (hidden.hasAttribute(name)) { field.setAttribute(name, hidden.getAttribute(name)); hidden.removeAttribute(name); }
    });
    list.className = "lookup-list";
    list.id = "lookup-" + place;
    list.setAttribute("role", "listbox");
    list.hidden = true;
    clear.type = "button";
    clear.className = "lookup-clear";
    clear.textContent = "×";
    clear.setAttribute("aria-label", hidden.dataset.clear || "×");
    hidden.parentNode.insertBefore(box, hidden);
    [field, clear, list].forEach(function (part) { box.appendChild(part); });
    each("label[for=" + hidden.id + "]", function (label) { label.htmlFor = field.id; });

    function choose(item, quiet) {
      chosen = item;
      hidden.value = item ? item[0] : (hidden.dataset.allowBlank ? "__None" : "");
      field.value = item ? item[1] : "";
      clear.hidden = !item;
      close();
      if (!quiet) { hidden.dispatchEvent(new Event("change", {bubbles: true})); }
    }
    function close() { list.hidden = true; at = -1; field.setAttribute("aria-expanded", "false"); field.removeAttribute("aria-activedescendant"); }
    function mark(next) {
      at = found.length ? (next + found.length) % found.length : -1;
      Array.prototype.forEach.call(list.children, function (item, index) { item.setAttribute("aria-selected", String(index === at)); });
      if (at >= 0) { field.setAttribute("aria-activedescendant", list.children[at].id); list.children[at].scrollIntoView({block: "nearest"}); }
    }
    function show(items) {
      found = items;
      list.textContent = "";
      items.forEach(function (item, index) {
        var line = document.createElement("li");
        line.textContent = item[1];
        line.id = list.id + "-" + index;
        line.setAttribute("role", "option");
        line.addEventListener("mousedown", function (event) { event.preventDefault(); choose(item); });
        list.appendChild(line);
      });
      if (!items.length) {
        var none = document.createElement("li");
        none.className = "nothing";
        none.textContent = hidden.dataset.nothing || "–";
        list.appendChild(none);
      }
      list.hidden = false;
      field.setAttribute("aria-expanded", "true");
      mark(0);
    }
    function narrowing() {
      var name = hidden.dataset.depends, other = name && hidden.form.elements[name];
      return other && other.value && other.value !== "__None" ? other.value : "";
    }
    function ask(text) {
      var number = ++asked, url = hidden.dataset.url + "&limit=20&query=" + encodeURIComponent(text);
      if (narrowing()) { url += "&" + hidden.dataset.depends + "=" + encodeURIComponent(narrowing()); }
      return fetch(url, {headers: {Accept: "application/json"}}).then(function (answer) {
        if (!answer.ok) { throw new Error(String(answer.status)); }
        return answer.json();
      }).then(function (items) { return number === asked ? items : null; });
    }
    function look() { ask(field.value.trim()).then(function (items) { if (items && document.activeElement === field) { show(items); } }, close); }

    field.addEventListener("input", function () {
      hidden.value = hidden.dataset.allowBlank ? "__None" : "";
      chosen = null;
      clear.hidden = true;
      window.clearTimeout(timer);
      if (field.value.trim()) { timer = window.setTimeout(look, 180); } else { close(); }
    });
    field.addEventListener("focus", function () {
      field.select();
      if (!chosen && narrowing()) { look(); }
    });
    field.addEventListener("blur", function () {
      close();
      if (!chosen) { field.value = ""; }
    });
    field.addEventListener("keydown", function (event) {
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        if (list.hidden) { look(); } else { mark(at + (event.key === "ArrowDown" ? 1 : -1)); }
      } else if (event.key === "Enter" && !list.hidden) {
        event.preventDefault();
        if (found[at]) { choose(found[at]); }
      } else if (event.key === "Escape") { close(); }
    });
    clear.addEventListener("click", function () { choose(null); field.focus(); });
    if (hidden.dataset.depends && hidden.form.elements[hidden.dataset.depends]) {
      hidden.form.elements[hidden.dataset.depends].addEventListener("change", function () {
        choose(null, true);
        if (narrowing()) { ask("").then(function (items) { if (items && items.length === 1) { choose(items[0]); } }, close); }
      });
    }
    choose(chosen, true);
  });

  /* After a refusal the cursor stands in the first field that is wrong. */
  var wrong = document.querySelector("[aria-invalid=true]");
  if (wrong) { (wrong.matches("fieldset") ? wrong.querySelector("input") : wrong).focus(); }
}());

/* The page without a network: the day's jobs as the phone last saw them, or one of them with the forms of its updates. */
(function () {
  "use strict";

  const store = window.ecrm.store, field = window.ecrm.field, element = field.element;
  const words = document.getElementById("words").dataset, main = document.getElementById("kept"), OLD = 36 * 3600 * 1000;

  function link(name, text, address) {
    const made = element("a", name, text);
    made.href = address;
    return made;
  }

  function reach(it) {
    const row = element("div", "reach");
    if (it.phone) {
      row.appendChild(link("btn btn-outline-primary", words.call, "tel:" + it.phone));
      row.appendChild(link("btn btn-outline-primary", "WhatsApp", it.whatsapp));
    }
    if (it.map) { row.appendChild(link("btn btn-outline-primary", words.map, it.map)); }
    return row;
  }

  function facts(it) {
    const marks = element("span", "marks"), late = it.due && new Date(it.due) < new Date();
    it.badges.forEach(function (badge) { marks.appendChild(element("span", "badge " + badge[0], badge[1])); });
    marks.appendChild(element("span", "due" + (late ? " is-late" : ""), it.when));
    return [marks, element("b", "job-title", it.title), element("span", "muted", it.about), element("span", "", it.who), element("span", "", it.place)];
  }

  function listed(it) {
    const card = element("li", "card job" + (it.due && new Date(it.due) < new Date() ? " is-late" : "")), head = link("job-main", "", it.page);
    card.dataset.job = it.page;
    facts(it).forEach(function (part) { head.appendChild(part); });
    card.appendChild(head);
    card.appendChild(reach(it));
    return card;
  }

  function list(title, items, nothing) {
    const rows = element("ul", "jobs");
    items.forEach(function (it) { rows.appendChild(listed(it)); });
    if (!items.length) { rows.appendChild(element("li", "card empty", nothing)); }
    main.appendChild(element("h2", "", title + " (" + items.length + ")"));
    main.appendChild(rows);
  }

  function choice(options) {
    const box = element("select", "custom-select");
    options.forEach(function (one) { box.add(new Option(one[1], one[0])); });
    return box;
  }

  function text(name) {
    const box = element("textarea", "form-control");
    box.rows = 3;
    box.maxLength = name === "reason" ? 500 : 5000;
    return box;
  }

  function area(name, label, id, options, optional) {
    const group = element("div", "form-group"), caption = element("label", "", label), box = options && options.length ? choice(options) : text(name);
    caption.htmlFor = box.id = id;
    box.name = name;
    box.required = !optional;
    group.append(caption, box);
    return group;
  }

  function form(address, name) {
    const made = element("form", name);
    made.method = "post";
    made.action = address;
    made.dataset.keeps = "";
    return made;
  }

  function submit(name, text, value, label) {
    const made = element("button", name, text);
    if (value) { made.name = "public"; made.value = value; made.dataset.name = label; }
    return made;
  }

  function move(verb, row) {
    const fold = element(verb.fields.length ? "details" : "div", "verb"), made = form(verb.url, "move");
    fold.id = "verb-" + verb.name;
    if (verb.fields.length) { fold.appendChild(element("summary", "btn btn-outline-primary", verb.label + " …")); }
    verb.fields.forEach(function (one) { made.appendChild(area(one.name, one.label, verb.name + "-" + one.name, one.options, one.needed === false)); });
    made.appendChild(submit("btn btn-primary", verb.label));
    fold.appendChild(made);
    row.appendChild(fold);
    field.takeOver(made);
  }

  function message(it) {
    const made = form(it.reply, "card pad answer"), row = element("div", "answer-buttons");
    made.id = "answer";
    made.appendChild(area("text", words.message, "text"));
    made.appendChild(document.getElementById("files").content.cloneNode(true));
    row.append(submit("btn btn-primary", words.reply, "1", words.replyName), submit("btn btn-note", words.note, "0", words.noteName));
    made.appendChild(row);
    main.appendChild(made);
    window.ecrm.photos.join(made);
    field.takeOver(made);
  }

  function one(it) {
    const card = element("section", "card job"), row = element("div", "moves");
    const head = element("div", "job-main");
    facts(it).forEach(function (part) { head.appendChild(part); });
    card.append(head, reach(it));
    row.id = "moves";
    main.append(card, row);
    it.moves.forEach(function (verb) { move(verb, row); });
    if (it.reply) { message(it); }
  }

  async function show() {
    const kept = await store.get("about", "kept"), here = field.pageOf(window.location.href);
    if (!kept || Date.now() - kept.at > OLD) { main.appendChild(element("p", "muted", words.nothing)); return; }
    document.getElementById("as-of").textContent = words.asOf + " " + kept.as_of;
    const wanted = kept.jobs.concat(kept.visits).find(function (it) { return it.page === here; });
    if (wanted) {
      one(wanted);
    } else {
      list(words.jobs, kept.jobs, words.noJobs);
      list(words.visits, kept.visits, words.noVisits);
    }
    await field.draw();
  }

  window.addEventListener("online", field.renew);
  document.getElementById("again").addEventListener("click", function () { window.location.reload(); });
  show();
}());

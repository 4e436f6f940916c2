/* A technician's pages: what is written goes through the outbox, and where it stands is to be seen. */
(function () {
  "use strict";

  const outbox = window.ecrm.outbox, words = document.getElementById("words").dataset, EVERY = 20000;
  const WHY = {gone: words.gone, large: words.large, failed: words.failed};
  let awaited = null, leaving = false;

  function pageOf(address) {
    const url = new URL(address, window.location.href);
    return url.pathname + "?id=" + url.searchParams.get("id");
  }

  function element(tag, name, text) {
    const made = document.createElement(tag);
    made.className = name || "";
    if (text) { made.textContent = text; }
    return made;
  }

  function button(text, action) {
    const made = element("button", "btn btn-outline-secondary", text);
    made.type = "button";
    made.addEventListener("click", action);
    return made;
  }

  function stateOf(update) {
    const state = words[update.state];
    return update.state === "refused" ? state + " " + (update.reason || WHY[update.why] || "") : state;
  }

  /* Put a refused or waiting update back into the form that it came from, or into that of a message. */
  async function edit(update) {
    const form = (update.verb && document.querySelector("#" + update.verb + " form[data-keeps]")) || document.getElementById("answer");
    if (!form) { return; }
    const fold = form.closest("details"), field = form.querySelector("textarea");
    if (fold) { fold.open = true; }
    if (field) { field.value = update.text; field.focus(); }
    if (form.putPhotos) {
      form.putPhotos(update.files.map(function (file) { return new File([file.blob], file.name, {type: file.blob.type}); }));
    }
    await outbox.discard(update.key);
  }

  function card(update) {
    const made = element("div", "card kept-update is-" + update.state), head = element("p", "kept-head"), row = element("div", "kept-buttons");
    head.appendChild(element("b", "", update.label));
    head.appendChild(element("span", "kept-state", stateOf(update)));
    made.dataset.state = update.state;
    made.setAttribute("role", "status");
    made.appendChild(head);
    if (update.state === "sent") { return made; }
    made.appendChild(element("p", "text", update.text));
    if (update.files.length) { made.appendChild(element("p", "small muted", words.photos + " " + update.files.length)); }
    if (update.state === "login") {
      const link = element("a", "btn btn-primary", words.logIn);
      link.href = "/login?next=" + encodeURIComponent(update.page);
      row.appendChild(link);
    }
    if (update.state !== "sending") {
      if (document.getElementById("answer") || update.verb) { row.appendChild(button(words.edit, function () { edit(update); })); }
      row.appendChild(button(words.discard, function () {
        if (window.confirm(words.sure)) { outbox.discard(update.key); }
      }));
    }
    made.appendChild(row);
    return made;
  }

  /* The place of the updates of this page: moves under the verbs, messages above the form. */
  function place(update) {
    const id = update.verb ? "kept-moves" : "kept-messages", anchor = document.getElementById(update.verb ? "moves" : "answer");
    const found = document.getElementById(id) || element("div", "kept-updates");
    found.id = id;
    if (anchor) { anchor.parentNode.insertBefore(found, update.verb ? anchor.nextSibling : anchor); } else { document.querySelector("main").prepend(found); }
    return found;
  }

  /* Return whether all that waited for this page was sent since it was asked for, so that it shows something old, and nobody is writing. */
  function arrived(mine) {
    const news = mine.filter(function (update) {
      return update.state === "sent" && update.at > performance.timeOrigin && !window.sessionStorage.getItem("renewed-" + update.key);
    });
    const writing = Array.from(document.querySelectorAll("textarea")).some(function (field) { return field.value.trim(); });
    if (!news.length || awaited || writing || mine.some(outbox.open)) { return false; }
    news.forEach(function (update) { window.sessionStorage.setItem("renewed-" + update.key, "1"); }); // once, whatever the clock does
    return true;
  }

  /* Read the page anew, unless the person has tapped on their way to another: that would call them back. */
  function renew() {
    if (!leaving) { window.location.reload(); }
  }

  async function draw() {
    const updates = await outbox.all(), here = pageOf(window.location.href);
    const mine = updates.filter(function (update) { return update.page === here; });
    if (arrived(mine)) { renew(); return; }
    document.querySelectorAll(".kept-line, .kept-note").forEach(function (old) { old.remove(); });
    document.querySelectorAll(".kept-updates").forEach(function (home) { home.replaceChildren(); });
    mine.forEach(function (update) { place(update).appendChild(card(update)); });
    document.querySelectorAll("[data-job]").forEach(function (job) {
      updates.filter(function (update) { return update.page === pageOf(job.dataset.job); }).forEach(function (update) {
        job.appendChild(element("p", "kept-line is-" + update.state, update.label + ": " + stateOf(update))).dataset.state = update.state;
      });
    });
    const elsewhere = updates.filter(function (update) { return update.state !== "sent" && update.page !== here; });
    if (elsewhere.length && !document.querySelector("[data-job]")) { note(elsewhere); }
  }

  function note(updates) {
    const line = element("p", "kept-note alert alert-warning"), link = element("a", "", words.unsent + " " + updates.length);
    link.href = updates[0].page;
    line.appendChild(link);
    document.querySelector("main").prepend(line);
  }

  function busy(is) {
    document.querySelectorAll("#moves, form[data-keeps]").forEach(function (part) { part.inert = is; });
  }

  /* After sending: the page anew where it worked, the state on it where it did not. */
  async function settle() {
    const update = awaited && (await outbox.all()).find(function (one) { return one.key === awaited; });
    awaited = null;
    if (update && update.state === "sent") {
      if (!update.verb) { window.location.hash = "conversation"; }
      window.location.reload();
      return;
    }
    busy(false);
    await draw();
    if (update) { place(update).scrollIntoView({block: "center"}); }
  }

  async function keep(form, pressed) {
    const fold = form.closest(".verb"), page = pageOf(form.dataset.page || window.location.href), field = form.querySelector("textarea");
    awaited = crypto.randomUUID();
    busy(true);
    if (form.photosReady) { await form.photosReady(); }
    const before = (await outbox.all()).some(function (update) { return update.page === page && outbox.open(update); });
    const data = Array.from(new FormData(form).entries());
    if (pressed && pressed.name) { data.push([pressed.name, pressed.value]); }
    /* What waits before this one changes the version that the page knows. */
    const left = before ? ["csrf_token", "row_version"] : ["csrf_token"];
    const files = data.filter(function (entry) { return entry[1] instanceof File && entry[1].size; });
    await outbox.add({
      key: awaited, page: page, url: form.getAttribute("action"), verb: fold ? fold.id : "", label: pressed ? pressed.dataset.name || pressed.textContent.trim() : "",
      text: field ? field.value : "", fields: data.filter(function (entry) { return typeof entry[1] === "string" && !left.includes(entry[0]); }),
      files: await Promise.all(files.map(async function (entry) {
        return {name: entry[1].name, blob: new Blob([await entry[1].arrayBuffer()], {type: entry[1].type})};
      })),
    });
    form.reset();
    if (fold && "open" in fold) { fold.open = false; }
  }

  /* Where the phone cannot keep it, the browser sends the form as it always did. */
  function plainly(form, pressed) {
    awaited = null;
    busy(false);
    form.dataset.plain = "yes";
    form.requestSubmit(pressed);
  }

  function takeOver(form) {
    form.removeAttribute("data-once");
    form.addEventListener("submit", function (event) {
      const pressed = event.submitter;
      if (form.dataset.plain) { return; }
      event.preventDefault();
      if (awaited) { return; }
      keep(form, pressed).then(function () { return draw().then(outbox.flush).then(settle, settle); }, function () { plainly(form, pressed); });
    });
  }

  async function again() {
    const updates = await outbox.all();
    if (updates.some(outbox.open)) { await outbox.flush(); await draw(); }
  }

  window.ecrm.field = {element: element, pageOf: pageOf, takeOver: takeOver, draw: draw, renew: renew};
  document.addEventListener("click", function (event) {
    const link = event.target.closest("a[href]");
    leaving = leaving || Boolean(link && link.protocol.startsWith("http") && link.pathname !== window.location.pathname);
  });
  window.addEventListener("pageshow", function () { leaving = false; });
  if (!window.indexedDB || !crypto.randomUUID) { return; }
  document.querySelectorAll("form[data-keeps]").forEach(takeOver);
  outbox.listen(draw);
  window.addEventListener("online", again);
  window.setInterval(function () { if (!document.hidden) { again(); } }, EVERY);
  document.addEventListener("visibilitychange", function () { if (!document.hidden) { again(); } });
  Promise.resolve(window.ecrm.ready).then(draw).then(again).then(function () {
    if (document.getElementById("jobs")) { return outbox.refresh(); }
  });
}());

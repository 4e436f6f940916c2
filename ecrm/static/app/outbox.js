/* Updates that are written on a phone: kept until the server has them, each sent once. Runs in pages and in the service worker. */
(function (scope) {
  "use strict";

  const store = scope.ecrm.store, LOCK = "ecrm-outbox", PATIENCE = 90000, REMEMBERED = 3600 * 1000;
  const channel = scope.BroadcastChannel ? new BroadcastChannel(LOCK) : null;
  const listeners = [];

  function tell() {
    listeners.forEach(function (listener) { listener(); });
    if (channel) { channel.postMessage("changed"); }
  }
  if (channel) { channel.onmessage = function () { listeners.forEach(function (listener) { listener(); }); }; }

  function ask(url, options) {
    const stop = new AbortController(), timer = setTimeout(function () { stop.abort(); }, PATIENCE);
    const asked = Object.assign({headers: {Accept: "application/json"}, redirect: "manual", cache: "no-store", signal: stop.signal}, options);
    return fetch(url, asked).finally(function () { clearTimeout(timer); });
  }

  async function answer(response) {
    const json = (response.headers.get("Content-Type") || "").startsWith("application/json");
    return json ? response.json() : {};
  }

  /* Ask the server who is logged in, for a fresh token, and for what the phone keeps. Return what to do: a token, or "waiting" or "login". */
  async function knock() {
    const person = await store.get("about", "person");
    if (!person || !person.kept) { return {state: "login"}; }
    let response;
    try { response = await ask(person.kept, {}); } catch (error) { return {state: "waiting"}; }
    if (response.type === "opaqueredirect" || response.status === 401 || response.status === 403) { return {state: "login"}; }
    const kept = response.ok ? await answer(response) : {};
    if (!kept.token) { return {state: "waiting"}; }
    if (kept.person !== person.id) { await store.wipe(); return {state: "login"}; }
    await store.put("about", {name: "kept", at: Date.now(), as_of: kept.as_of, jobs: kept.jobs, visits: kept.visits});
    return {state: "open", token: kept.token};
  }

  /* What an answer means for an update: its new state, and why where it was refused. */
  async function meaning(response) {
    if (response.type === "opaqueredirect" || response.status === 401) { return {state: "login"}; }
    if (response.status >= 500 || response.status === 429 || response.status === 408) { return {state: "waiting"}; }
    const said = await answer(response);
    if (response.ok && said.sent) { return {state: "sent", at: Date.now(), files: [], fields: []}; }
    const why = {403: "gone", 404: "gone", 413: "large"}[response.status] || "failed";
    return {state: "refused", reason: said.refused || "", why: why};
  }

  async function change(update, changes) {
    await store.put("updates", Object.assign(update, changes));
    tell();
  }

  async function send(update, token) {
    await change(update, {state: "sending", reason: ""});
    const form = new FormData();
    form.append("csrf_token", token);
    form.append("client_key", update.key);
    update.fields.forEach(function (field) { form.append(field[0], field[1]); });
    update.files.forEach(function (file) { form.append("files", file.blob, file.name); });
    let changes;
    try { changes = await meaning(await ask(update.url, {method: "POST", body: form})); } catch (error) { changes = {state: "waiting"}; }
    if (await store.get("updates", update.key)) { await change(update, changes); }
    return changes.state;
  }

  async function sendAll() {
    const waiting = (await outbox.all()).filter(function (update) { return outbox.open(update); });
    if (!waiting.length) { return; }
    const door = await knock();
    if (door.state !== "open") {
      for (const update of waiting) { await change(update, {state: door.state}); }
      return;
    }
    for (const update of waiting) {
      const state = await send(update, door.token);
      if (state === "waiting" || state === "login") { return; }
    }
  }

  /* One at a time, in whatever page or worker. */
  function alone(action) {
    return scope.navigator.locks ? scope.navigator.locks.request(LOCK, action) : action();
  }

  const outbox = {
    /* Return whether an update still has to be sent. */
    open: function (update) { return ["waiting", "sending", "login"].includes(update.state); },

    /* Return the updates, the oldest first; those sent long ago are forgotten. */
    all: async function () {
      const found = await store.all("updates");
      const old = found.filter(function (update) { return update.state === "sent" && Date.now() - update.at > REMEMBERED; });
      for (const update of old) { await store.remove("updates", update.key); }
      return found.filter(function (update) { return !old.includes(update); }).sort(function (a, b) { return a.order - b.order; });
    },

    add: async function (update) {
      await store.put("updates", Object.assign({key: crypto.randomUUID(), order: Date.now(), at: Date.now(), state: "waiting"}, update));
      const ready = scope.navigator.serviceWorker && scope.navigator.serviceWorker.controller && await scope.navigator.serviceWorker.ready;
      if (ready && ready.sync) { await ready.sync.register(LOCK).catch(function () {}); }
      tell();
    },

    discard: async function (key) {
      await store.remove("updates", key);
      tell();
    },

    flush: function () { return alone(sendAll); },
    refresh: function () { return alone(knock); },
    listen: function (listener) { listeners.push(listener); },
  };

  scope.ecrm.outbox = outbox;
}(self));

/* What this device keeps for a person: who it is, the day's jobs, updates that wait for the network, drafts. */
(function (scope) {
  "use strict";

  const STORES = {about: "name", updates: "key", drafts: "page"};
  let opened = null;

  function database() {
    opened = opened || new Promise(function (resolve, reject) {
      const asked = scope.indexedDB.open("ecrm", 1);
      asked.onupgradeneeded = function () {
        for (const name of Object.keys(STORES)) { asked.result.createObjectStore(name, {keyPath: STORES[name]}); }
      };
      asked.onsuccess = function () { resolve(asked.result); };
      asked.onerror = function () { opened = null; reject(asked.error); };
    });
    return opened;
  }

  /* Do something with stores in one transaction; the promise is kept when the transaction is complete. */
  async function within(names, mode, action) {
    const transaction = (await database()).transaction(names, mode);
    return new Promise(function (resolve, reject) {
      const asked = action(transaction);
      transaction.oncomplete = function () { resolve(asked && asked.result); };
      transaction.onerror = transaction.onabort = function () { reject(transaction.error); };
    });
  }

  const store = {
    get: function (name, key) { return within([name], "readonly", function (t) { return t.objectStore(name).get(key); }); },
    all: function (name) { return within([name], "readonly", function (t) { return t.objectStore(name).getAll(); }); },
    put: function (name, value) { return within([name], "readwrite", function (t) { t.objectStore(name).put(value); }); },
    remove: function (name, key) { return within([name], "readwrite", function (t) { t.objectStore(name).delete(key); }); },

    /* Forget everything that is somebody's. */
    wipe: function () {
      const names = Object.keys(STORES);
      return within(names, "readwrite", function (t) { names.forEach(function (name) { t.objectStore(name).clear(); }); });
    },

    /* Note who is at this device; what another person left is forgotten first. */
    belongsTo: async function (person) {
      const before = await store.get("about", "person");
      const same = before && before.id === person.id;
      if (before && !same) { await store.wipe(); }
      await store.put("about", Object.assign({name: "person"}, person, {kept: person.kept || (same ? before.kept : "")}));
    },
  };

  scope.ecrm = Object.assign(scope.ecrm || {}, {store: store});
}(self));

/* The customer's page without a network: says what is kept, and goes on by itself when the network is back. */
(function () {
  "use strict";

  const SENDING = "ecrm-sending", sending = JSON.parse(window.sessionStorage.getItem(SENDING) || "null");

  /* What was being sent did not arrive as far as this device knows: its form is shown again, filled in. */
  function again() { window.location.replace(sending ? sending.page : window.location.href); }

  window.sessionStorage.removeItem(SENDING);
  document.getElementById("again").addEventListener("click", again);
  window.addEventListener("online", again);
  window.ecrm.store.all("drafts").then(function (drafts) { document.getElementById("kept").hidden = !drafts.length; });
}());

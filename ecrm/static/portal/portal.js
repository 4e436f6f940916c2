// Comfort for browsers with JavaScript; every page works without it.
"use strict";

// A form is sent once: the second press of an impatient finger does nothing.
for (const form of document.querySelectorAll("form[data-once]")) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "yes";
    for (const button of form.querySelectorAll("button[type=submit]")) button.classList.add("is-sending");
  });
}

// "Back" shows the page as it was: it may be sent again.
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) {
    delete form.dataset.sent;
    for (const button of form.querySelectorAll(".is-sending")) button.classList.remove("is-sending");
  }
});

// After an error, go to the first marked field.
document.querySelector("[aria-invalid=true], .field[aria-describedby$=error] input")?.focus();

/* Days and times on a desktop: text in the account's language, and a calendar. Phones, and who has no script, keep the browser's own field. */
(function () {
  "use strict";

  const words = document.currentScript.dataset, english = document.documentElement.lang === "en", calendar = window.flatpickr;
  if (!calendar || !window.matchMedia("(pointer: fine)").matches) { return; }

  /* As formats.py writes them; the tests hold both together. */
  const DAY = english ? "M j, Y" : "j M Y", HOUR = english ? "h:i K" : "H.i", MOMENT = english ? DAY + ", " + HOUR : DAY + " " + HOUR;
  const SHOWN = {date: DAY, "datetime-local": MOMENT, time: HOUR}, SENT = {date: "Y-m-d", "datetime-local": "Y-m-d\\TH:i", time: "H:i"};
  const LOCALE = Object.assign({}, calendar.l10ns.default, english ? {} : calendar.l10ns.id, {
    firstDayOfWeek: 1, monthAriaLabel: words.month, yearAriaLabel: words.year, hourAriaLabel: words.hour, minuteAriaLabel: words.minute,
  });
  const MONTHS = [calendar.l10ns.id, calendar.l10ns.default].map(function (one) {
    return one.months.shorthand.map(function (name) { return name.toLowerCase(); });
  });
  const WRITTEN = /^(\d{1,4}|[a-z]+)[\s,./-]+(\d{1,2}|[a-z]+)[\s,./-]+(\d{4}|\d{1,2})(?:[t,\s]+(\d{1,2})[.:](\d{2})\s*(am|pm)?)?$/;

  function monthOf(text) {
    if (/^\d+$/.test(text)) { return Number(text) - 1; }
    return text.length < 3 ? -1 : Math.max.apply(null, MONTHS.map(function (names) { return names.indexOf(text.slice(0, 3)); }));
  }

  function hourOf(text, half) {
    const hour = Number(text || 0);
    return half ? hour % 12 + (half === "pm" ? 12 : 0) : hour;
  }

  /* Return today at the hour that was written: 14.05, 14:05 or 2:05 PM; null where it is none. */
  function readHour(text) {
    const at = /^(\d{1,2})[.:](\d{2})(?::\d{2})?\s*(am|pm)?$/.exec(text.trim().toLowerCase());
    return at && hourOf(at[1], at[3]) < 24 && Number(at[2]) < 60 ? new Date(new Date().setHours(hourOf(at[1], at[3]), Number(at[2]), 0, 0)) : null;
  }

  /* Return the moment that was written: 23 Nov 2026, 23/11/2026, Nov 23, 2026 or 2026-11-23, with 14.05 or 2:05 PM; null where it is none. */
  function read(text, kind) {
    const parts = WRITTEN.exec(text.trim().toLowerCase()), at = parts || [];
    if (kind === "time") { return readHour(text); }
    if (!parts || (kind === "date") === Boolean(at[4])) { return null; }
    const order = at[1].length === 4 && /\d/.test(at[1]) ? [at[1], at[2], at[3]] : /\d/.test(at[1]) ? [at[3], at[2], at[1]] : [at[3], at[1], at[2]];
    const year = Number(order[0].length === 2 ? "20" + order[0] : order[0]), month = monthOf(order[1]), day = Number(order[2]);
    const made = new Date(year, month, day, hourOf(at[4], at[6]), Number(at[5] || 0));
    const same = made.getFullYear() === year && made.getMonth() === month && made.getDate() === day && made.getHours() === hourOf(at[4], at[6]);
    return same && Number(at[5] || 0) < 60 ? made : null;
  }

  /* The text field takes the place of the browser's, which stays as what is sent. */
  function textFor(native) {
    const shown = document.createElement("input");
    shown.type = "text";
    shown.className = native.className;
    shown.id = (native.id || "day-" + Math.random().toString(36).slice(2)) + "-text";
    shown.autocomplete = "off";
    shown.required = native.required;
    ["aria-describedby", "aria-invalid", "aria-label"].forEach(function (name) {
      if (native.hasAttribute(name)) { shown.setAttribute(name, native.getAttribute(name)); native.removeAttribute(name); }
    });
    if (native.labels[0]) { native.labels[0].htmlFor = shown.id; }
    return shown;
  }

  function buttonFor(name) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "date-open";
    button.setAttribute("aria-label", words.open + ": " + name);
    button.setAttribute("aria-haspopup", "dialog");
    button.setAttribute("aria-expanded", "false");
    return button;
  }

  /* The calendar's parts have names and roles; a day that can be chosen is reached with Tab. */
  function dayMade(_days, _text, picker, day) {
    const own = day.dateObj.getMonth() === picker.currentMonth;
    day.setAttribute("role", "option");
    day.setAttribute("aria-selected", String(day.classList.contains("selected")));
    if (day.classList.contains("flatpickr-disabled")) { day.setAttribute("aria-disabled", "true"); return; }
    if (own && (day.dateObj.getDate() === 1 || day.matches(".selected, .today"))) { day.tabIndex = 0; }
  }

  function partsNamed(picker, name) {
    const box = picker.calendarContainer;
    box.setAttribute("role", "dialog");
    box.setAttribute("aria-label", words.open + ": " + name);
    if (picker.daysContainer) {
      picker.daysContainer.setAttribute("role", "listbox");
      picker.daysContainer.setAttribute("aria-label", words.days);
    }
    box.querySelectorAll(".flatpickr-prev-month, .flatpickr-next-month").forEach(function (arrow) { arrow.setAttribute("aria-hidden", "true"); });
  }

  /* What a field is made of: the browser's own, now hidden, which is sent; the text that is shown; the button; what is wrong. */
  function built(native) {
    const kind = native.type, label = native.labels[0], shown = textFor(native), fault = document.createElement("div");
    const name = shown.getAttribute("aria-label") || (label ? label.textContent.replace("*", "").trim() : "");
    const it = {native: native, kind: kind, format: SHOWN[kind], name: name, shown: shown, button: buttonFor(name), fault: fault};
    it.box = document.createElement("div");
    it.refused = native.value ? "" : native.getAttribute("value") || "";
    native.type = "hidden";
    it.box.className = "date-box is-" + kind;
    fault.className = "invalid-feedback";
    fault.id = shown.id + "-fault";
    native.before(it.box);
    it.box.append(shown, it.button, fault);
    return it;
  }

  function written(date, format) { return calendar.formatDate(date, format, LOCALE); }
  function bound(it, end) {
    const text = it.kind === "time" ? "" : it.native[end];
    return text ? new Date((text + "T00:00").slice(0, 16)) : null;
  }

  function blame(it, text) {
    it.shown.setCustomValidity(text);
    it.fault.textContent = text;
    it.shown.classList.toggle("is-invalid", Boolean(text));
    it.shown.setAttribute("aria-invalid", String(Boolean(text)));
    if (text) { it.shown.setAttribute("aria-describedby", it.fault.id); }
  }

  function send(it, value) {
    if (it.native.value === value) { return; }
    it.native.value = value;
    it.native.dispatchEvent(new Event("change", {bubbles: true}));
  }

  function take(it, days) {
    blame(it, "");
    send(it, days.length ? calendar.formatDate(days[0], SENT[it.kind]) : "");
  }

  function limit(it) {
    it.picker.set("minDate", bound(it, "min"));
    it.picker.set("maxDate", bound(it, "max"));
  }

  /* Take what was typed; what cannot be is left as it stands, with what is wrong beside it. */
  function commit(it) {
    const text = it.shown.value.trim(), at = text ? read(text, it.kind) : null, first = bound(it, "min"), last = bound(it, "max");
    if (!text) { it.picker.clear(false); take(it, []); return; }
    if (!at) { send(it, text); blame(it, words.bad.replace("%1", written(new Date(2026, 10, 23, 14, 5), it.format))); return; }
    if (first && at < first || last && at >= last.fp_incr(1)) {
      send(it, text);
      blame(it, first && last ? words.range.replace("%1", written(first, DAY)).replace("%2", written(last, DAY)) : words.from.replace("%1", written(first || last, DAY)));
      return;
    }
    limit(it);
    it.picker.setDate(at, false);
    take(it, [at]);
  }

  function open(it) {
    commit(it);
    limit(it);
    it.picker.open();
  }

  function walk(it) {
    const days = it.picker.calendarContainer;
    open(it);
    (days.querySelector(".selected") || it.kind === "time" && days.querySelector(".flatpickr-hour") || days.querySelector(".today[tabindex]") || days.querySelector(".flatpickr-day[tabindex]") || it.button).focus();
  }

  function listen(it) {
    it.shown.addEventListener("keydown", function (event) {
      event.stopImmediatePropagation(); // the calendar's own keys are for its days
      if (event.key === "ArrowDown") { event.preventDefault(); walk(it); }
      if (event.key === "Escape" && it.picker.isOpen) { event.preventDefault(); it.picker.close(); }
      if (event.key === "Enter") { commit(it); it.picker.close(); }
    });
    it.shown.addEventListener("input", function () { if (it.fault.textContent) { blame(it, ""); } });
    it.shown.addEventListener("change", function () { commit(it); });
    it.shown.addEventListener("click", function () { open(it); });
    it.button.addEventListener("click", function () { if (it.picker.isOpen) { it.picker.close(); } else { walk(it); } });
  }

  function enhance(native) {
    const it = built(native);
    function opened() { it.button.setAttribute("aria-expanded", String(it.picker.isOpen)); }
    listen(it);
    it.picker = calendar(it.shown, {
      dateFormat: it.format, locale: LOCALE, enableTime: it.kind !== "date", noCalendar: it.kind === "time", time_24hr: !english, defaultHour: 9, clickOpens: false, animate: false, disableMobile: true,
      ariaDateFormat: english ? "l, F j, Y" : "l, j F Y", appendTo: document.querySelector("main"), ignoredFocusElements: [it.box],
      onDayCreate: dayMade, onValueUpdate: function (days) { take(it, days); }, onOpen: opened, onClose: opened,
    });
    it.shown.removeAttribute("readonly");
    partsNamed(it.picker, it.name);
    if (it.refused) {
      it.shown.value = it.native.value = it.refused;
    } else if (native.value) {
      it.picker.setDate(read(native.value.slice(0, 16), it.kind), false);
    }
  }

  document.querySelectorAll("main input[type=date], main input[type=datetime-local], main input[type=time]").forEach(enhance);
}());

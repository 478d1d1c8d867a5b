// What a patient's page gains from JavaScript. Every page works without it.
//
// <form data-draft="card-7K3F9Q">  keeps what is typed in this tab until the form is sent
// <body data-draft-clear>          the confirmation page: forgets every draft of this tab
// <div data-focus tabindex="-1">   takes the focus when the page opens (the error summary)
// <textarea data-count="id">       counts letters in the element with that id
(() => {
  "use strict";
  const PREFIX = "wellheard-draft:";
  const store = (() => {
    try {
      return window.sessionStorage;
    } catch {
      return null; // Storage can be closed to us; then nothing is kept.
    }
  })();

  const fieldsOf = (form) =>
    [...form.querySelectorAll("textarea, input[type=text], input[type=email], input[type=tel]")]
      .filter((field) => field.name && !field.matches("[autocomplete=one-time-code]"));
  const keyOf = (form) => PREFIX + form.dataset.draft;

  const keep = (form) => {
    const kept = {};
    for (const field of fieldsOf(form)) if (field.value) kept[field.name] = field.value;
    try {
      store.setItem(keyOf(form), JSON.stringify(kept));
    } catch {
      // Full or closed storage: the page goes on without a draft.
    }
  };
  const restore = (form) => {
    let kept = null;
    try {
      kept = JSON.parse(store.getItem(keyOf(form)));
    } catch {
      return;
    }
    for (const field of fieldsOf(form)) {
      if (kept && !field.value && kept[field.name]) {
        field.value = kept[field.name];
        field.dispatchEvent(new Event("input", { bubbles: true }));
      }
    }
  };
  const forget = () => {
    for (const key of Object.keys(store)) if (key.startsWith(PREFIX)) store.removeItem(key);
  };

  const count = (field) => {
    const place = document.getElementById(field.dataset.count);
    if (!place) return;
    const left = Number(place.dataset.maximum) - [...field.value].length;
    place.dataset.rest = place.dataset.rest || place.textContent;
    if (left > place.dataset.maximum / 4) {
      place.textContent = place.dataset.rest; // Nobody needs a countdown while there is room.
      return;
    }
    const words = left < 0 ? place.dataset.over : place.dataset.left;
    place.textContent = words.replace("{count}", Math.abs(left).toLocaleString(document.documentElement.lang));
    place.classList.toggle("over", left < 0);
  };

  let waiting = null; // The form to send when the connection is back.
  const showOffline = () => {
    const words = document.getElementById("offline-words");
    if (!words || document.querySelector(".offline")) return;
    const notice = document.createElement("div");
    notice.className = "offline";
    notice.append(words.content.cloneNode(true));
    document.getElementById("main").after(notice);
  };
  const showOnline = () => {
    document.querySelectorAll(".offline").forEach((notice) => notice.remove());
    const form = waiting;
    waiting = null;
    if (form) form.requestSubmit ? form.requestSubmit() : form.submit();
  };

  const release = (form) => {
    delete form.dataset.sent;
    form.querySelectorAll("[type=submit][aria-disabled]").forEach((button) => button.removeAttribute("aria-disabled"));
  };

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post") return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    if (store && form.dataset.draft) keep(form);
    if (!navigator.onLine) {
      event.preventDefault();
      waiting = form;
      showOffline();
      return;
    }
    form.dataset.sent = "yes";
    // After the browser has read the form: a disabled button would not be sent with it.
    setTimeout(() => form.querySelectorAll("[type=submit]").forEach((button) => button.setAttribute("aria-disabled", "true")));
    setTimeout(() => release(form), 15000);
  });
  document.addEventListener("input", (event) => {
    const field = event.target;
    if (field.dataset.count) count(field);
    if (store && field.form && field.form.dataset.draft) keep(field.form);
  });
  window.addEventListener("offline", showOffline);
  window.addEventListener("online", showOnline);
  window.addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach(release));

  if (store && document.body.hasAttribute("data-draft-clear")) forget();
  if (store) document.querySelectorAll("form[data-draft]").forEach(restore);
  document.querySelectorAll("[data-count]").forEach(count);
  const first = document.querySelector("[data-focus]");
  if (first) first.focus();
  if (!navigator.onLine) showOffline();
})();

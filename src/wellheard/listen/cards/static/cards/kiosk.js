// A shared screen: after a minute without a touch it asks, and after twenty seconds more it clears
// the card here and on the server and goes back to the first page.
(() => {
  "use strict";
  const start = document.body.dataset.kiosk;
  const template = document.getElementById("kiosk-words");
  if (!start || !template) return;
  const IDLE = 60;
  const WARNING = 20;
  const begun = location.pathname !== new URL(start, location.href).pathname;
  let last = Date.now();
  let asking = null;

  const stay = () => {
    last = Date.now();
    if (asking) asking.remove();
    asking = null;
  };
  const ask = () => {
    asking = document.createElement("div");
    asking.className = "offline";
    asking.append(template.content.cloneNode(true));
    asking.querySelector("button").addEventListener("click", stay);
    document.getElementById("main").after(asking);
    asking.querySelector("button").focus();
  };
  const clear = () => {
    document.querySelectorAll("form").forEach((form) => form.reset());
    // .../<CODE>/<token>/<step>/: the draft is forgotten at .../<token>/forget/
    if (begun && !document.body.hasAttribute("data-draft-clear")) {
      fetch("../forget/", { method: "POST", keepalive: true }).finally(() => location.replace(start));
    } else {
      location.replace(start);
    }
  };
  const tick = () => {
    const idle = (Date.now() - last) / 1000;
    const dirty = begun || [...document.querySelectorAll("input, textarea")].some((field) => field.checked || (field.type !== "radio" && field.value));
    if (!dirty) return;
    if (idle >= IDLE + WARNING) {
      clear();
    } else if (idle >= IDLE) {
      if (!asking) ask();
      const words = asking.querySelector("p");
      words.dataset.words = words.dataset.words || words.textContent;
      words.textContent = words.dataset.words.replace("{seconds}", Math.ceil(IDLE + WARNING - idle));
    }
  };
  for (const kind of ["pointerdown", "keydown", "input", "scroll"]) {
    document.addEventListener(kind, (event) => {
      if (!asking) last = Date.now();
      else if (kind === "input") stay();
    }, { passive: true });
  }
  // A page brought back by Back shows what the person before had typed: load it anew.
  addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
  setInterval(tick, 1000);
})();

// A shared screen: after a while without a touch it asks, and after twenty seconds more it clears
// what was begun, here and on the server, and goes back to the first page.
(() => {
  "use strict";
  const { kiosk: start, over } = document.body.dataset;
  const template = document.getElementById("kiosk-words");
  if (!start || !template) return;
  const IDLE = Number(document.body.dataset.idle);
  const WARNING = 20;
  let last = Date.now();
  let asking = null;
  let clearing = false;

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
    clearing = true;
    document.querySelectorAll("form").forEach((form) => form.reset());
    const body = new URLSearchParams({ left: "yes" });
    fetch(over, { method: "POST", keepalive: true, body }).finally(() => location.replace(start));
  };
  const tick = () => {
    const idle = (Date.now() - last) / 1000;
    if (clearing) return;
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

// A staff screen that nobody touches locks itself, so that nobody reads on over an empty chair.
// <body data-lock-after="900"> says after how many seconds; the server locks at the same time.
const page = document.body;
const after = Number(page.dataset.lockAfter) * 1000;
const headers = JSON.parse(page.getAttribute("hx-headers"));
let touched = Date.now();
let told = touched;

for (const kind of ["pointerdown", "keydown", "input", "wheel", "touchstart"]) {
  addEventListener(kind, () => (touched = Date.now()), { passive: true });
}

async function lock() {
  page.hidden = true;
  const next = location.pathname + location.search;
  const body = new URLSearchParams({ next });
  try {
    await fetch("/accounts/lock/", { method: "POST", headers, body, redirect: "manual" });
  } finally {
    location.replace(`/accounts/reauthenticate/?${body}`);
  }
}

setInterval(() => {
  const now = Date.now();
  if (now - touched >= after) {
    touched = Infinity;
    lock();
  } else if (touched > told && now - told > 60_000) {
    told = now;
    fetch("/accounts/still-here/", { method: "POST", headers });
  }
}, 5_000);

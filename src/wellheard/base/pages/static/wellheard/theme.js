// Sets the chosen appearance before the page is drawn, so that it does not flash.
(() => {
  try {
    const chosen = localStorage.getItem("wellheard-theme");
    if (chosen === "light" || chosen === "dark") document.documentElement.dataset.theme = chosen;
  } catch {
    // Storage may be closed to us; the device's own setting then holds.
  }
})();

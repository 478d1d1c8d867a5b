// Moves along the points of a chart with the arrow keys and reads each out in words.
const POINT = "[data-point]";

function points(chart) {
  return [...chart.querySelectorAll(POINT)];
}

function show(point) {
  const readout = point.closest("[data-chart]").querySelector("[data-readout]");
  if (readout) readout.textContent = point.getAttribute("aria-label");
}

function go(from, to) {
  if (!to || to === from) return;
  from.setAttribute("tabindex", "-1");
  to.setAttribute("tabindex", "0");
  to.focus();
}

const TARGET = {
  ArrowLeft: (all, at) => all[at - 1],
  ArrowRight: (all, at) => all[at + 1],
  Home: (all) => all[0],
  End: (all) => all[all.length - 1],
};

document.addEventListener("keydown", (event) => {
  const point = event.target.closest?.(POINT);
  if (!point || !TARGET[event.key] || event.altKey || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  const all = points(point.closest("[data-chart]"));
  go(point, TARGET[event.key](all, all.indexOf(point)));
});

for (const name of ["focusin", "pointerover"]) {
  document.addEventListener(name, (event) => {
    const point = event.target.closest?.(POINT);
    if (point) show(point);
  });
}

// What a staff page gains from JavaScript. Every page works without it.
//
// data-keys="Alt+I"            on a link or button: its keyboard shortcut (always with a modifier key,
//                              WCAG 2.1.4; a bare letter is read as Alt and that letter)
// data-action                  on a link or button: also listed in the command palette
// data-dialog="id"             on a button: opens that dialog
// data-confirm="words"         on a form or its button: asks in a dialog first; the strong button
//                              carries data-confirm-yes, the other one data-confirm-no
// data-undo="10"               on a status: shows the seconds left, then takes the offer away
// <time data-relative>         "2 hours ago", with the written moment as its title
// data-autosave="url"          on a form: sends itself there while one types; words for the state in
//                              a [data-autosave-state] element: data-saving, data-saved, data-failed
// data-select-all="name"       on a tick box: ticks every box of that name; a .bulk bar with
//                              data-bulk="name" shows while one is ticked, the number in data-bulk-count
const page = document.documentElement;
const language = page.lang || "en";
const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const on = (root, kind, selector, act) =>
  root.addEventListener(kind, (event) => {
    const target = event.target instanceof Element && event.target.closest(selector);
    if (target) act(event, target);
  });

const kept = {
  read(name, otherwise) {
    try {
      return JSON.parse(localStorage.getItem(`wellheard-${name}`)) ?? otherwise;
    } catch {
      return otherwise;
    }
  },
  write(name, value) {
    try {
      localStorage.setItem(`wellheard-${name}`, JSON.stringify(value));
    } catch {
      // Closed storage: the choice lasts as long as this page.
    }
  },
};

// -- appearance ---------------------------------------------------------------------------------
const APPEARANCES = ["system", "light", "dark"];
const appearance = () => page.dataset.theme || "system";
function showAppearance() {
  for (const words of all("[data-theme-words]")) {
    words.textContent = `${words.dataset.label}: ${words.dataset[appearance()]}`;
  }
}
function switchAppearance() {
  const next = APPEARANCES[(APPEARANCES.indexOf(appearance()) + 1) % APPEARANCES.length];
  if (next === "system") delete page.dataset.theme;
  else page.dataset.theme = next;
  try {
    localStorage.setItem("wellheard-theme", next);
  } catch {
    // Closed storage: the choice lasts as long as this page.
  }
  showAppearance();
}
on(document, "click", "[data-theme-switch]", switchAppearance);

// -- dialogs, menus ------------------------------------------------------------------------------
on(document, "click", "[data-dialog]", (_event, button) => {
  document.getElementById(button.dataset.dialog)?.showModal();
});
on(document, "click", "dialog", (event, dialog) => {
  if (event.target === dialog) dialog.close(); // The backdrop counts as the dialog itself.
});
document.addEventListener("click", (event) => {
  for (const menu of all("details.menu[open]")) if (!menu.contains(event.target)) menu.open = false;
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = document.querySelector("details.menu[open]");
  if (!menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});

// -- "Are you sure?" -------------------------------------------------------------------------------
function ask(words, yes, no) {
  const dialog = document.createElement("dialog");
  dialog.setAttribute("role", "alertdialog");
  dialog.setAttribute("aria-labelledby", "ask-words");
  const form = document.createElement("form");
  form.method = "dialog";
  form.className = "dialog-body stack";
  const text = document.createElement("p");
  text.id = "ask-words";
  text.textContent = words;
  const row = document.createElement("div");
  row.className = "actions";
  for (const [value, label, kind] of [["yes", yes, "button"], ["no", no, "button second"]]) {
    const button = document.createElement("button");
    button.value = value;
    button.className = kind;
    button.textContent = label;
    row.append(button);
  }
  form.append(text, row);
  dialog.append(form);
  document.body.append(dialog);
  dialog.showModal();
  row.lastChild.focus();
  return new Promise((answer) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      answer(dialog.returnValue === "yes");
    });
  });
}
const agreed = new WeakSet();
document.addEventListener(
  "submit",
  async (event) => {
    const form = event.target;
    const asking = event.submitter?.dataset.confirm ? event.submitter : form;
    if (!asking.dataset.confirm || agreed.has(form)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const button = event.submitter || form.querySelector("[type=submit]");
    const yes = asking.dataset.confirmYes || button.textContent.trim();
    if (await ask(asking.dataset.confirm, yes, asking.dataset.confirmNo || document.getElementById("ask").dataset.no)) {
      agreed.add(form);
      form.requestSubmit(button);
      agreed.delete(form);
    } else {
      button?.focus();
    }
  },
  true,
);

// -- shortcuts ----------------------------------------------------------------------------------------
const MODIFIERS = ["Ctrl", "Alt", "Shift", "Meta"];
const full = (keys) => (keys.includes("+") ? keys : `Alt+${keys}`);
const nameOf = (element) => (element.querySelector("span:not([class])") || element).textContent.trim();
const rebound = kept.read("keys", {});
let shortcutsOn = kept.read("keys-on", true) && !("keysOff" in document.body.dataset);

function pressed(event) {
  const held = [event.ctrlKey || event.metaKey, event.altKey, event.shiftKey];
  // event.code, because Alt and a letter types a sign of its own on some keyboards.
  const key = /^(Key|Digit)/.test(event.code) ? event.code.slice(-1) : event.key;
  if (["Control", "Alt", "Shift", "Meta"].includes(key)) return "";
  return [...MODIFIERS.slice(0, 3).filter((_name, place) => held[place]), key.length === 1 ? key.toUpperCase() : key].join("+");
}
const BUILT_IN = [
  { id: "palette", keys: "Ctrl+K", words: "paletteWords", act: () => openPalette() },
  { id: "sheet", keys: "Ctrl+/", words: "sheetWords", act: () => openSheet() },
];
function shortcuts() {
  const body = document.querySelector("#shortcuts tbody");
  const fixed = BUILT_IN.map((one) => ({ ...one, name: body?.dataset[one.words] || one.id }));
  const seen = new Set();
  const found = all("[data-keys]").map((element) => ({
    id: full(element.dataset.keys),
    keys: full(element.dataset.keys),
    name: nameOf(element),
    act: () => (element.matches("input, select, textarea") ? element.focus() : element.click()),
  }));
  return [...fixed, ...found]
    .filter(({ id }) => !seen.has(id) && seen.add(id))
    .map((one) => ({ ...one, keys: rebound[one.id] ?? one.keys }));
}
let listening = null; // The shortcut that waits for its new keys.
document.addEventListener("keydown", (event) => {
  const keys = pressed(event);
  if (!keys) return;
  if (listening) {
    event.preventDefault();
    learn(event, keys);
    return;
  }
  if (!shortcutsOn || !(event.ctrlKey || event.altKey || event.metaKey)) return;
  const found = shortcuts().find((one) => one.keys === keys);
  if (!found || (document.querySelector("dialog[open]") && found.id !== "palette")) return;
  event.preventDefault();
  found.act();
});
function learn(event, keys) {
  const { id } = listening;
  listening = null;
  if (event.key === "Delete") rebound[id] = "";
  else if (event.key !== "Escape" && (event.ctrlKey || event.altKey || event.metaKey)) rebound[id] = keys;
  kept.write("keys", rebound);
  drawSheet();
  document.querySelector(`#shortcuts [data-rebind="${CSS.escape(id)}"]`)?.focus();
}
function drawSheet() {
  const body = document.querySelector("#shortcuts tbody");
  body.replaceChildren(
    ...shortcuts().map((one) => {
      const row = document.createElement("tr");
      const name = document.createElement("th");
      name.scope = "row";
      name.textContent = one.name;
      const cell = document.createElement("td");
      const button = document.createElement("button");
      button.type = "button";
      button.className = "button second small";
      button.dataset.rebind = one.id;
      button.textContent = listening?.id === one.id ? body.dataset.press : one.keys || body.dataset.off;
      button.setAttribute("aria-label", `${one.name}: ${button.textContent}`);
      cell.append(button);
      row.append(name, cell);
      return row;
    }),
  );
  document.querySelector("[data-shortcuts-on]").checked = shortcutsOn;
}
function openSheet() {
  drawSheet();
  document.getElementById("shortcuts").showModal();
}
on(document, "click", "[data-shortcuts]", openSheet);
on(document, "click", "[data-rebind]", (_event, button) => {
  listening = shortcuts().find((one) => one.id === button.dataset.rebind);
  drawSheet();
  document.querySelector(`[data-rebind="${CSS.escape(listening.id)}"]`).focus();
});
on(document, "click", "[data-shortcuts-reset]", () => {
  for (const id of Object.keys(rebound)) delete rebound[id];
  kept.write("keys", rebound);
  drawSheet();
});
on(document, "change", "[data-shortcuts-on]", (_event, box) => {
  shortcutsOn = box.checked;
  kept.write("keys-on", shortcutsOn);
});

// -- command palette ------------------------------------------------------------------------------------
const palette = document.getElementById("palette");
const plain = (text) => text.toLocaleLowerCase(language).normalize("NFD").replace(/\p{M}/gu, "");
let offers = [];
function offersOfPage() {
  const keysOf = new Map(shortcuts().map((one) => [one.id, one.keys]));
  return all("[data-action], .page-head .button, .sidebar a").map((element) => ({
    element,
    name: nameOf(element),
    keys: element.dataset.keys ? keysOf.get(full(element.dataset.keys)) : "",
  }));
}
function drawPalette() {
  const words = plain(palette.querySelector("input").value).split(/\s+/).filter(Boolean);
  const found = offers.filter(({ name }) => words.every((word) => plain(name).includes(word)));
  const list = palette.querySelector("ul");
  list.replaceChildren(
    ...found.map((offer, place) => {
      const item = document.createElement("li");
      item.id = `palette-${place}`;
      item.setAttribute("role", "option");
      item.offer = offer;
      item.append(offer.name);
      if (offer.keys && shortcutsOn) {
        const hint = document.createElement("small");
        hint.textContent = offer.keys;
        item.append(hint);
      }
      return item;
    }),
  );
  list.hidden = !found.length;
  palette.querySelector("p").hidden = found.length > 0;
  choose(0);
}
function choose(place) {
  const items = all("[role=option]", palette);
  const index = (place + items.length) % (items.length || 1);
  items.forEach((item, at) => item.setAttribute("aria-selected", String(at === index)));
  palette.querySelector("input").setAttribute("aria-activedescendant", items[index]?.id || "");
  items[index]?.scrollIntoView({ block: "nearest" });
}
function take(item) {
  palette.close();
  item?.offer.element.click();
}
function openPalette() {
  if (palette.open) return;
  offers = offersOfPage();
  palette.querySelector("input").value = "";
  drawPalette();
  palette.showModal();
}
palette?.addEventListener("keydown", (event) => {
  const items = all("[role=option]", palette);
  const here = items.findIndex((item) => item.getAttribute("aria-selected") === "true");
  if (event.key === "ArrowDown") choose(here + 1);
  else if (event.key === "ArrowUp") choose(here - 1);
  else if (event.key === "Enter") take(items[here]);
  else return;
  event.preventDefault();
});
palette?.addEventListener("input", drawPalette);
on(document, "click", "#palette [role=option]", (_event, item) => take(item));
on(document, "click", "[data-palette]", openPalette);

// -- ticking many -----------------------------------------------------------------------------------------
document.addEventListener("change", (event) => {
  const name = event.target.dataset.selectAll || event.target.name;
  const boxes = all(`input[type=checkbox][name="${CSS.escape(name)}"]`);
  if (event.target.dataset.selectAll) for (const box of boxes) box.checked = event.target.checked;
  const ticked = boxes.filter((box) => box.checked).length;
  for (const box of all(`[data-select-all="${CSS.escape(name)}"]`)) {
    box.checked = ticked > 0 && ticked === boxes.length;
    box.indeterminate = ticked > 0 && ticked < boxes.length;
  }
  for (const bar of all(`[data-bulk="${CSS.escape(name)}"]`)) {
    bar.hidden = !ticked;
    for (const place of all("[data-bulk-count]", bar)) place.textContent = ticked.toLocaleString(language);
  }
});

// -- saving while one types ---------------------------------------------------------------------------------
const timers = new WeakMap();
async function autosave(form) {
  const state = form.querySelector("[data-autosave-state]");
  const say = (key) => state && (state.textContent = state.dataset[key]);
  say("saving");
  try {
    const answer = await fetch(form.dataset.autosave, { method: "POST", body: new FormData(form) });
    say(answer.ok ? "saved" : "failed");
    form.dispatchEvent(new CustomEvent("autosaved", { bubbles: true, detail: { status: answer.status } }));
  } catch {
    say("failed");
  }
}
on(document, "input", "form[data-autosave]", (_event, form) => {
  clearTimeout(timers.get(form));
  timers.set(form, setTimeout(() => autosave(form), 1200));
});

// -- times, countdowns, focus: for the page and for every part htmx brings later ------------------------------
const UNITS = [["day", 86400], ["hour", 3600], ["minute", 60]];
function relative(time) {
  const seconds = (new Date(time.dateTime) - Date.now()) / 1000;
  const [unit, size] = UNITS.find(([, length]) => Math.abs(seconds) >= length) || ["minute", 60];
  time.title ||= time.textContent;
  time.textContent = new Intl.RelativeTimeFormat(language, { numeric: "auto" }).format(Math.trunc(seconds / size), unit);
}
function countDown(status) {
  if (status.dataset.counting) return;
  status.dataset.counting = "yes";
  let left = Number(status.dataset.undo);
  const place = status.querySelector("[data-left]");
  const tick = () => {
    // Nobody loses the offer while a hand or the focus is on it.
    if (status.matches(":hover, :focus-within")) return;
    if (left <= 0) {
      clearInterval(clock);
      status.remove();
      return;
    }
    if (place) place.textContent = left.toLocaleString(language);
    left -= 1;
  };
  const clock = setInterval(tick, 1000);
  tick();
}
function enhance(root) {
  all("time[data-relative]", root).forEach(relative);
  all("[data-undo]", root).forEach(countDown);
  all("[data-palette], [data-shortcuts], [data-theme-switch]", root).forEach((button) => (button.hidden = false));
  root.querySelector("[data-focus]")?.focus();
}
enhance(document);
// A whole page whose address ends in #part: the browser moves the focus to that part after this
// script ran, and so takes it from the field that asked for it.
window.addEventListener("load", () =>
  requestAnimationFrame(() =>
    requestAnimationFrame(() => {
      if (document.activeElement === document.body) document.querySelector("[data-focus]")?.focus();
    }),
  ),
);
showAppearance();
document.addEventListener("htmx:afterSwap", (event) => enhance(event.detail.elt));

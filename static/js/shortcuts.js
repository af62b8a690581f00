// Single keys: `/` search, `?` list, `g` and a letter to go somewhere, `z` undo, and whatever a page offers as
// <button data-key="a" data-key-label="Advance">. Off for people who turned them off, and wherever one types (A11Y-9, WCAG 2.1.4).

const on = document.body.dataset.shortcuts === "on";
let going = 0;

const typing = (element) => element.closest?.("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]");
const shown = (element) => element && !element.disabled && element.getClientRects().length;

function help() {
  const list = document.querySelector("#shortcuts [data-page-shortcuts]");
  const keys = [...document.querySelectorAll("[data-key]")].filter(shown);
  list.hidden = !keys.length;
  list.querySelector("dl").replaceChildren(...keys.map((element) => {
    const row = document.createElement("div");
    const key = document.createElement("dt");
    const says = document.createElement("dd");
    key.append(Object.assign(document.createElement("kbd"), { className: "tl-key", textContent: element.dataset.key.toUpperCase() }));
    says.textContent = element.dataset.keyLabel ?? element.getAttribute("aria-label") ?? element.textContent.trim();
    row.append(key, says);
    return row;
  }));
  document.getElementById("shortcuts").showModal();
}

function press(event) {
  if (going > Date.now()) {
    going = 0;
    return document.querySelector(`[data-goto="${CSS.escape(event.key)}"]`);
  }
  if (event.key === "z") return [...document.querySelectorAll(".tl-toast [data-undo]")].pop();
  // The drawer lies above the page, so its keys come first.
  const selector = `[data-key="${CSS.escape(event.key)}"]`;
  return [...document.querySelectorAll(`#drawer ${selector}, ${selector}`)].find(shown);
}

document.addEventListener("keydown", (event) => {
  if (!on || event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.defaultPrevented) return;
  if (event.key.length !== 1 || typing(event.target) || document.querySelector("dialog:modal")) return;
  if (event.key === "/") {
    event.preventDefault();
    document.getElementById("search")?.focus();
  } else if (event.key === "?") {
    event.preventDefault();
    help();
  } else if (event.key === "g" && going <= Date.now()) {
    going = Date.now() + 1200;
  } else {
    const target = press(event);
    if (!target) return;
    event.preventDefault();
    if (target.matches("input:not([type=checkbox], [type=radio]), textarea, select")) target.focus();
    else target.click();
  }
});

document.addEventListener("click", ({ target }) => {
  if (target.closest('[data-open-dialog="shortcuts"]')) { document.getElementById("shortcuts").close(); help(); }
});

// The search box of the top bar as a combobox: results as you type, arrows to choose, Enter to open, Escape to leave.
// Without this file it is a form that goes to the list.

const input = document.getElementById("search");
const list = document.getElementById("search-results");

const options = () => [...list.querySelectorAll('[role="option"]')];
const chosen = () => list.querySelector('[aria-selected="true"]');

function toggle(open) {
  list.hidden = !open;
  input.setAttribute("aria-expanded", String(open));
  if (!open) input.removeAttribute("aria-activedescendant");
}

function choose(option) {
  chosen()?.setAttribute("aria-selected", "false");
  if (!option) { input.removeAttribute("aria-activedescendant"); return; }
  option.setAttribute("aria-selected", "true");
  option.scrollIntoView({ block: "nearest" });
  input.setAttribute("aria-activedescendant", option.id);
}

list?.addEventListener("htmx:afterSettle", () => {
  toggle(Boolean(input.value.trim()) && list.childElementCount > 0);
  choose(options()[0]);
});

input?.addEventListener("focus", () => { if (input.value.trim() && list.childElementCount) toggle(true); input.select(); });
input?.addEventListener("input", () => { if (!input.value.trim()) { list.replaceChildren(); toggle(false); } });
input?.addEventListener("keydown", (event) => {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step && !list.hidden) {
    event.preventDefault();
    const all = options();
    choose(all[(all.indexOf(chosen()) + step + all.length) % all.length]);
  } else if (event.key === "Enter" && !list.hidden && chosen()) {
    event.preventDefault();
    chosen().click();
  } else if (event.key === "Escape") {
    event.preventDefault();
    if (list.hidden) input.blur();
    toggle(false);
  }
});

document.addEventListener("pointerdown", ({ target }) => { if (!target.closest("[data-search-box]")) toggle(false); });
document.addEventListener("focusin", ({ target }) => { if (!target.closest("[data-search-box]")) toggle(false); });

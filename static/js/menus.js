// <details data-menu>: one open at a time, closed by Escape, by a click elsewhere and by choosing; arrow keys walk its items.
// [data-open-dialog="id"] opens a dialog of the page.

const open = () => document.querySelectorAll("details[data-menu][open]");

document.addEventListener("toggle", ({ target }) => {
  if (!target.matches?.("details[data-menu]") || !target.open) return;
  for (const other of open()) if (other !== target && !other.contains(target)) other.open = false;
}, true);

document.addEventListener("click", ({ target }) => {
  for (const menu of open()) if (!menu.contains(target)) menu.open = false;
  const opener = target.closest("[data-open-dialog]");
  if (!opener) return;
  for (const menu of open()) menu.open = false;
  document.getElementById(opener.dataset.openDialog)?.showModal();
});

document.addEventListener("keydown", (event) => {
  const menu = event.target.closest?.("details[data-menu][open]");
  if (!menu) return;
  if (event.key === "Escape") {
    menu.open = false;
    menu.querySelector("summary").focus();
    event.stopPropagation();
    return;
  }
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const items = [...menu.querySelectorAll("a.tl-item, button.tl-item")].filter((item) => item.offsetParent);
  if (!step || !items.length) return;
  event.preventDefault();
  items[(items.indexOf(document.activeElement) + step + items.length) % items.length].focus();
});

// A click on the ground beside a dialog closes it.
document.addEventListener("click", ({ target, clientX, clientY }) => {
  if (!target.matches?.("dialog.tl-dialog[open]")) return;
  const { left, right, top, bottom } = target.getBoundingClientRect();
  if (clientX < left || clientX > right || clientY < top || clientY > bottom) target.close("no");
});

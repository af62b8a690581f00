// Review: after each decision focus goes to the new name, `n` into the note, Escape leaves.

function settle() {
  document.querySelector("#review h1")?.focus({ preventScroll: true });
  for (const place of document.querySelectorAll(".tl-review-doc, .tl-review-side")) place.scrollTop = 0;
}

document.addEventListener("htmx:afterSwap", ({ detail: { target } }) => { if (target?.id === "review") settle(); });
document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-focus-on]");
  if (!link) return;
  event.preventDefault();
  document.getElementById(link.dataset.focusOn)?.focus();
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.defaultPrevented || document.querySelector("dialog[open], details[open]")) return;
  if (event.target.matches?.("textarea, input")) { event.target.blur(); return; }
  document.querySelector("[data-leave]")?.click();
});

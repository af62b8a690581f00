// People ticked in a list stay ticked while one pages through it. <form data-selection="the list's query string"> with
// checkboxes named `candidate`, or as `data-selection-of` says; a hidden field takes those of other pages along. Kept by the
// browser until the window closes.

const KEEP = "tl-selection";

function form() { return document.querySelector("form[data-selection]"); }

function kept(asked) {
  try {
    const all = JSON.parse(sessionStorage.getItem(KEEP) ?? "{}");
    return new Set(all.asked === asked ? all.ids : []);
  } catch { return new Set(); }
}

function keep(asked, ids) {
  try { sessionStorage.setItem(KEEP, JSON.stringify({ asked, ids: [...ids] })); } catch { /* full or forbidden: this page only */ }
}

const named = (list) => list.dataset.selectionOf ?? "candidate";
const WHOLE = 'input:is([name="all"], [name="matching"])'; // all that match, on other pages too

function boxes(list) { return [...list.querySelectorAll(`input[name="${named(list)}"]`)]; }

function show(list, ids) {
  const here = new Set(boxes(list).map((box) => box.value));
  const others = [...ids].filter((id) => !here.has(id));
  const field = list.querySelector("[data-selection-others]");
  if (!field) return;
  field.value = others.join(",");
  const all = list.querySelector(WHOLE);
  list.toggleAttribute("data-selected", ids.size > 0 || Boolean(all?.checked));
  list.querySelector("[data-selection-count]").textContent = ids.size ? `${ids.size.toLocaleString("en")} selected` : "";
  const merge = list.querySelector("[data-needs-two]");
  if (merge) merge.hidden = ids.size !== 2;
}

function restore() {
  const list = form();
  if (!list) return;
  const ids = kept(list.dataset.selection);
  for (const box of boxes(list)) {
    if (box.checked) ids.add(box.value);
    box.checked = ids.has(box.value);
  }
  const all = list.querySelector(`[data-select-all="${named(list)}"]`);
  if (all) {
    const checked = boxes(list).filter((box) => box.checked).length;
    all.checked = checked > 0 && checked === boxes(list).length;
    all.indeterminate = checked > 0 && !all.checked;
  }
  show(list, ids);
}

document.addEventListener("change", ({ target }) => {
  const list = target.closest?.("form[data-selection]");
  if (!list || !(target.name === named(list) || target.matches(WHOLE))) return;
  const ids = kept(list.dataset.selection);
  if (target.name === named(list)) {
    if (target.checked) ids.add(target.value); else ids.delete(target.value);
    keep(list.dataset.selection, ids);
  }
  show(list, ids);
});

document.addEventListener("reset", ({ target }) => {
  if (!target.matches("form[data-selection]")) return;
  keep(target.dataset.selection, []);
  setTimeout(() => { for (const box of boxes(target)) box.checked = false; show(target, new Set()); });
});

document.addEventListener("htmx:afterSettle", restore);
window.addEventListener("pageshow", restore);
restore();

// Behaviours that a form or a button asks for by attribute. All work on swapped-in HTML, since they listen on the document.

// <input type="checkbox" data-select-all="application"> checks every box of that name, and shows when only some are.
document.addEventListener("change", ({ target }) => {
  if (target.dataset?.selectAll) {
    const on = target.checked; // the boxes answer, and each answer sets it anew
    for (const box of document.getElementsByName(target.dataset.selectAll)) {
      if (box === target || box.checked === on) continue;
      box.checked = on;
      box.dispatchEvent(new Event("change", { bubbles: true }));
    }
  }
  if (target.type !== "checkbox" || !target.name) return;
  const all = document.querySelector(`[data-select-all="${CSS.escape(target.name)}"]`);
  if (!all) return;
  const boxes = [...document.getElementsByName(target.name)];
  const checked = boxes.filter((box) => box.checked).length;
  all.checked = checked === boxes.length;
  all.indeterminate = checked > 0 && checked < boxes.length;
});

document.addEventListener("reset", ({ target }) => { // "Clear": nothing is chosen, and not some either
  for (const all of target.querySelectorAll("[data-select-all]")) all.indeterminate = false;
});

// <details data-of-chosen>: its <b data-chosen> says how many boxes inside are checked, also while it is closed.
document.addEventListener("change", ({ target }) => {
  const place = target.closest("[data-of-chosen]");
  const count = place?.querySelector("[data-chosen]");
  if (count) count.textContent = place.querySelectorAll(":checked").length;
});

// <form data-autosubmit>: filters apply as they are set. The button for those without JavaScript carries data-without-js.
document.addEventListener("change", ({ target }) => {
  const form = target.form;
  if (form?.matches("[data-autosubmit]") && !target.closest("[data-no-autosubmit]")) form.requestSubmit();
});

// data-confirm="Send to 42 people?" on a form or a button, with data-confirm-action="Send" and data-confirm-word="42".
const dialog = document.getElementById("confirm");

function ask(source, goOn) {
  const { confirm, confirmAction = "Go on", confirmWord = "" } = source.dataset;
  dialog.querySelector("#confirm-text").textContent = confirm;
  const yes = dialog.querySelector("[value=yes]");
  yes.textContent = confirmAction;
  const button = source.matches("button, a") ? source : source.querySelector("[type=submit]");
  const ends = button?.matches(".btn-danger, .btn-danger-quiet"); // what takes something away looks so here too
  yes.classList.toggle("btn-danger", Boolean(ends));
  yes.classList.toggle("btn-primary", !ends);
  const typed = dialog.querySelector(".tl-confirm-word");
  const input = typed.querySelector("input");
  typed.hidden = !confirmWord;
  typed.querySelector("b").textContent = confirmWord;
  input.value = "";
  input.oninput = () => { yes.disabled = Boolean(confirmWord) && input.value.trim() !== confirmWord; };
  input.oninput();
  dialog.returnValue = "no";
  dialog.onclose = () => { if (dialog.returnValue === "yes") goOn(); };
  dialog.showModal();
  (confirmWord ? input : dialog.querySelector("[value=no]")).focus();
}

let agreed = null;
document.addEventListener("submit", (event) => {
  const source = event.submitter?.dataset.confirm ? event.submitter : event.target;
  if (!dialog || !source.dataset.confirm || agreed === source) { agreed = null; return; }
  event.preventDefault();
  event.stopImmediatePropagation();
  const { target, submitter } = event;
  ask(source, () => { agreed = source; target.requestSubmit(submitter); });
}, true);
document.addEventListener("click", (event) => {
  const source = event.target.closest("a[data-confirm], button[type=button][data-confirm]");
  if (!dialog || !source || agreed === source) { agreed = null; return; }
  event.preventDefault();
  event.stopImmediatePropagation();
  ask(source, () => { agreed = source; source.click(); });
}, true);

// <form data-ctrl-enter>: Ctrl or Command with Enter sends it from its text field, as its button does. A field that lacks something says so.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.isComposing || event.defaultPrevented) return;
  const form = event.target.matches?.("textarea") ? event.target.form : null;
  if (!form?.matches("[data-ctrl-enter]")) return;
  event.preventDefault();
  form.requestSubmit(form.querySelector("[type=submit]"));
});

// <form data-guard>: leaving with unsaved words asks first.
const dirty = new Set();
document.addEventListener("input", ({ target }) => { if (target.form?.matches("[data-guard]")) dirty.add(target.form); });
document.addEventListener("submit", ({ target }) => dirty.delete(target));
document.addEventListener("reset", ({ target }) => dirty.delete(target));
addEventListener("beforeunload", (event) => {
  if ([...dirty].some((form) => form.isConnected)) event.preventDefault();
});

// A form is sent once, however often the button is pressed; the back button brings a fresh one.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post" || form.matches("[hx-post], [data-hx-post]")) return;
  if (form.dataset.sent) { event.preventDefault(); return; }
  form.dataset.sent = "";
});
addEventListener("pageshow", () => { for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent; });

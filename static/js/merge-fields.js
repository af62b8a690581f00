// <button data-merge-field="{{ first_name }}"> writes the field where the caret last was, within the nearest [data-merge-fields].

let last = null;
document.addEventListener("focusin", ({ target }) => {
  if (target.matches?.("[data-merge-fields] :is(textarea, input[type=text])")) last = target;
});

document.addEventListener("click", ({ target }) => {
  const button = target.closest("[data-merge-field]");
  if (!button) return;
  const around = button.closest("[data-merge-fields]");
  const field = last && around.contains(last) ? last : around.querySelector("textarea");
  field.setRangeText(button.dataset.mergeField, field.selectionStart, field.selectionEnd, "end");
  field.focus();
  field.dispatchEvent(new Event("input", { bubbles: true }));
});

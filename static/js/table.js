// The list of columns of a table: up and down move a column without asking the server, and keep the focus. Without this the
// same buttons send the form.

function settle(list) {
  const items = [...list.children];
  const shown = items.filter((item) => item.querySelector("[name=column]").checked);
  for (const item of items) {
    const at = shown.indexOf(item);
    const [up, down] = ["up", "down"].map((name) => item.querySelector(`[name=${name}]`));
    if (up) up.disabled = at <= 0;
    if (down) down.disabled = at < 0 || at === shown.length - 1;
  }
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-columns] :is([name=up], [name=down])");
  if (!button) return;
  event.preventDefault();
  const item = button.closest("li");
  const list = item.parentElement;
  const shown = [...list.children].filter((one) => one.querySelector("[name=column]").checked);
  const up = button.name === "up";
  const other = shown[shown.indexOf(item) + (up ? -1 : 1)];
  if (!other) return;
  if (up) other.before(item); else other.after(item);
  settle(list);
  (button.disabled ? item.querySelector(up ? "[name=down]" : "[name=up]") : button).focus();
  const name = item.querySelector(".tl-check span").firstChild.textContent;
  const place = [...list.children].filter((one) => one.querySelector("[name=column]").checked).indexOf(item) + 1;
  button.form.querySelector("[data-columns-said]").textContent = `${name} is now column ${place + 1}`;
});

document.addEventListener("change", ({ target }) => {
  const list = target.closest("[data-columns] ol");
  if (list) settle(list);
});

// Naming a colleague: in a field with data-mentions, an @ and the beginning of a name open a list of colleagues below it.
// Arrows choose, Enter or Tab takes, Escape leaves. What is put in is plain text, so it works as well typed by hand.

const MENTION = /(?:^|[^\p{L}\p{N}_.@])@([\p{L}\p{N}_.'’-]*(?: [\p{L}\p{N}_.'’-]*)?)$/u;
let field = null; // the field being written in, while the list is open
let list = null;
let asked = "";

function close() {
  list?.remove();
  list = null;
  field?.removeAttribute("aria-controls");
  field?.removeAttribute("aria-activedescendant");
  field?.setAttribute("aria-expanded", "false");
  field = null;
}

const beginning = (input) => MENTION.exec(input.value.slice(0, input.selectionStart))?.[1];

function choose(option) {
  for (const one of list.children) one.setAttribute("aria-selected", String(one === option));
  field.setAttribute("aria-activedescendant", option.id);
  list.scrollTop = Math.max(option.offsetTop + option.offsetHeight - list.clientHeight, Math.min(list.scrollTop, option.offsetTop));
}

function show(input, html) {
  close();
  const made = document.createElement("ul");
  made.className = "tl-pop tl-mentions";
  made.id = "mentions";
  made.setAttribute("role", "listbox");
  made.setAttribute("aria-label", "Colleagues");
  made.innerHTML = html; // our own fragment, escaped by the server
  if (!made.querySelector("[role=option]")) return;
  input.insertAdjacentElement("afterend", made);
  [field, list] = [input, made];
  input.setAttribute("aria-controls", "mentions");
  input.setAttribute("aria-expanded", "true");
  choose(made.firstElementChild);
}

function take(option) {
  const input = field;
  const end = input.selectionStart;
  const start = end - beginning(input).length;
  input.setRangeText(`${option.dataset.name} `, start, end, "end");
  close();
  input.focus();
  input.dispatchEvent(new Event("input", { bubbles: true }));
}

async function ask(input) {
  const typed = beginning(input);
  if (typed === undefined || typed.length > 40) { if (field === input) close(); return; }
  asked = typed;
  const url = new URL(document.querySelector("[data-colleagues]").dataset.colleagues, location.href);
  url.searchParams.set("q", typed);
  const person = input.closest("[data-candidate]")?.dataset.candidate;
  if (person) url.searchParams.set("candidate", person);
  const answer = await fetch(url, { headers: { "X-Requested-With": "fetch" } });
  if (!answer.ok || answer.redirected || asked !== typed || beginning(input) !== typed || document.activeElement !== input) return;
  show(input, await answer.text());
}

let waiting;
document.addEventListener("input", ({ target }) => {
  if (!target.matches?.("[data-mentions]")) return;
  clearTimeout(waiting);
  if (beginning(target) === undefined) { if (field) close(); return; }
  waiting = setTimeout(() => ask(target).catch(close), 120);
});

document.addEventListener("keydown", (event) => {
  if (!list || event.target !== field) return;
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const options = [...list.children];
  const now = options.findIndex((one) => one.getAttribute("aria-selected") === "true");
  if (step) choose(options[(now + step + options.length) % options.length]);
  else if (event.key === "Enter" || event.key === "Tab") take(options[now]);
  else if (event.key === "Escape") close();
  else return;
  event.preventDefault();
  event.stopPropagation();
}, true);

document.addEventListener("pointerdown", (event) => {
  const option = event.target.closest?.("#mentions [role=option]");
  if (option) { event.preventDefault(); take(option); } else if (list) close();
});
document.addEventListener("focusout", ({ target }) => { if (target === field) close(); });

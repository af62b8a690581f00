// Completions for a search that is being typed: <div data-query-box="address"> around an input with role="combobox" and a
// listbox. Arrows choose, Enter or Tab takes what is chosen, Escape closes. Without this file the box is a plain input.

let asking = null;
let timer;

const parts = (box) => ({ input: box.querySelector('[role="combobox"]'), list: box.querySelector('[role="listbox"]') });
const options = (list) => [...list.querySelectorAll('[role="option"]')];
const chosen = (list) => list.querySelector('[aria-selected="true"]');

function close({ input, list }) {
  list.hidden = true;
  input.setAttribute("aria-expanded", "false");
  input.removeAttribute("aria-activedescendant");
}

function choose({ input, list }, option) {
  chosen(list)?.setAttribute("aria-selected", "false");
  if (!option) { input.removeAttribute("aria-activedescendant"); return; }
  option.setAttribute("aria-selected", "true");
  option.scrollIntoView({ block: "nearest" });
  input.setAttribute("aria-activedescendant", option.id);
}

async function ask(box) {
  const { input, list } = parts(box);
  asking?.abort();
  asking = new AbortController();
  const params = new URLSearchParams({ q: input.value, at: input.selectionStart });
  try {
    const answer = await fetch(`${box.dataset.queryBox}?${params}`, { signal: asking.signal, headers: { Accept: "text/html" } });
    if (!answer.ok || document.activeElement !== input) return;
    list.innerHTML = await answer.text();
    const some = options(list).length > 0;
    list.hidden = !some;
    input.setAttribute("aria-expanded", String(some));
    input.removeAttribute("aria-activedescendant");
  } catch { /* the next letter asks again */ }
}

function take(box, option) {
  const { input } = parts(box);
  const { insert, start, end } = option.dataset;
  input.value = input.value.slice(0, Number(start)) + insert + input.value.slice(Number(end)).trimStart();
  const place = Number(start) + insert.length;
  input.focus();
  input.setSelectionRange(place, place);
  close(parts(box));
  input.dispatchEvent(new Event("input", { bubbles: true }));
}

document.addEventListener("input", ({ target }) => {
  const box = target.closest?.("[data-query-box]");
  if (!box) return;
  clearTimeout(timer);
  if (target.value.trim()) timer = setTimeout(() => ask(box), 120);
  else close(parts(box));
});

document.addEventListener("keydown", (event) => {
  const box = event.target.closest?.("[data-query-box]");
  if (!box) return;
  const both = parts(box);
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const open = !both.list.hidden;
  if (step && !open && event.key === "ArrowDown" && both.input.value.trim()) { event.preventDefault(); ask(box); }
  else if (step && open) {
    event.preventDefault();
    const all = options(both.list);
    const at = all.indexOf(chosen(both.list));
    choose(both, all[(at + step + all.length + (at < 0 && step < 0 ? 1 : 0)) % all.length]);
  } else if (open && chosen(both.list) && (event.key === "Enter" || event.key === "Tab")) {
    event.preventDefault();
    take(box, chosen(both.list));
  } else if (open && event.key === "Escape") {
    event.preventDefault();
    event.stopPropagation();
    close(both);
  } else if (open && event.key === "Enter") close(both);
}, true);

document.addEventListener("pointerdown", (event) => {
  const option = event.target.closest?.('[data-query-box] [role="option"]');
  if (option) {
    event.preventDefault(); // the input keeps the focus
    take(option.closest("[data-query-box]"), option);
    return;
  }
  for (const box of document.querySelectorAll("[data-query-box]")) if (!box.contains(event.target)) close(parts(box));
});

// What is proposed instead of a search that cannot be read: <button data-query-take="…"> beside the box.
document.addEventListener("click", ({ target }) => {
  const offer = target.closest?.("[data-query-take]");
  const input = offer?.closest("form")?.querySelector('[data-query-box] [role="combobox"]');
  if (!input) return;
  input.value = offer.dataset.queryTake;
  input.focus();
  input.dispatchEvent(new Event("input", { bubbles: true }));
});
document.addEventListener("focusout", ({ target, relatedTarget }) => {
  const box = target.closest?.("[data-query-box]");
  if (box && !box.contains(relatedTarget)) close(parts(box));
});

// Facets edit the search they were counted for. Until those of the search in the box are there, a click would take back what was typed.
function settleFacets() {
  const facets = document.querySelector("[data-facets-of]");
  const box = document.getElementById("find-q");
  if (facets && box) facets.inert = facets.dataset.facetsOf !== box.value.trim();
}
for (const event of ["input", "htmx:afterSwap"]) document.addEventListener(event, settleFacets);

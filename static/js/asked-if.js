// Questions that are asked depending on earlier answers: shown and hidden as one answers. What is hidden is not sent. The server decides
// all the same (hiring/application_form/asking.py), and without this module the page says of each when it is meant.
const FITS = {
  is: (had, values) => values.includes(had),
  one_of: (had, values) => values.includes(had),
  none_of: (had, values) => !values.includes(had),
  has_any: (had, values) => had.some((one) => values.includes(one)),
  has_all: (had, values) => values.every((one) => had.includes(one)),
  has_none: (had, values) => !had.some((one) => values.includes(one)),
  less: (had, [than]) => had < than,
  at_most: (had, [than]) => had <= than,
  equal: (had, [than]) => had === than,
  at_least: (had, [than]) => had >= than,
  more: (had, [than]) => had > than,
  before: (had, [than]) => had < than,
  on: (had, [than]) => had === than,
  after: (had, [than]) => had > than,
};

function answer(asked, { fact, type }) {
  const key = fact.replace(/^answer:/, "");
  const block = asked.querySelector(`[data-key="${CSS.escape(key)}"]`);
  if (!block || block.hasAttribute("data-off")) return undefined;
  const inputs = [...block.querySelectorAll("input, select, textarea")];
  if (type === "multi") {
    const chosen = inputs.filter((input) => input.checked).map((input) => input.value);
    return chosen.length ? chosen : undefined;
  }
  const said = type === "number" || type === "date" ? inputs[0]?.value : inputs.find((input) => input.checked)?.value;
  if (!said) return undefined;
  return type === "number" ? Number(said) : said;
}

function holds(asked, { match, groups }) {
  const held = groups.map((group) => {
    const fit = group.atoms.map((atom) => {
      const had = answer(asked, atom);
      return had !== undefined && FITS[atom.op](had, atom.values);
    });
    return group.match === "all" ? fit.every(Boolean) : fit.some(Boolean);
  });
  return !held.length || (match === "all" ? held.every(Boolean) : held.some(Boolean));
}

function look(asked, says) {
  let shown = 0, hidden = 0;
  for (const block of asked.querySelectorAll("[data-when]")) {
    const off = !holds(asked, JSON.parse(block.dataset.when));
    if (off === block.hasAttribute("data-off")) continue;
    block.toggleAttribute("data-off", off);
    for (const input of block.querySelectorAll("input, select, textarea")) input.disabled = off;
    if (off) hidden += 1; else shown += 1;
  }
  if (!says || !(shown || hidden)) return;
  const words = (count, what) => `${count} ${count === 1 ? "question" : "questions"} ${what}`;
  const said = [shown && words(shown, "added below"), hidden && words(hidden, "left out")].filter(Boolean).join(", ");
  asked.querySelector("[data-asked-said]").textContent = `${said}.`;
}

for (const asked of document.querySelectorAll("[data-asked]")) {
  asked.toggleAttribute("data-asked-live", true);
  look(asked, false);
  asked.addEventListener("input", () => look(asked, true));
}

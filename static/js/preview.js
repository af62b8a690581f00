// A document beside what was read from it: a value lights up its place on the page and in the text, and the search box steps
// through what it found. Without this file the links do the same by their targets.

const lit = () => document.querySelectorAll(".tl-document [data-lit]");

function light(key) {
  for (const place of lit()) delete place.dataset.lit;
  if (!key) return;
  for (const place of document.querySelectorAll(".tl-document [data-place]")) {
    if (place.dataset.place.split(" ").includes(key)) place.dataset.lit = "";
  }
}

const reading = (target) => target.closest?.("[data-reads]")?.dataset.reads;

document.addEventListener("pointerover", ({ target }) => light(reading(target) ?? reading(document.activeElement)));
document.addEventListener("focusin", ({ target }) => light(reading(target)));
document.addEventListener("focusout", ({ relatedTarget }) => { if (!relatedTarget) light(); });

// A link to a place brings it into the middle, and leaves the address and the focus where they are.
document.addEventListener("click", (event) => {
  const link = event.target.closest("a.tl-read");
  const place = link && document.getElementById(link.hash.slice(1));
  if (!place) return;
  event.preventDefault();
  place.scrollIntoView({ block: "center", behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth" });
  light(reading(link));
});

function step(box, by) {
  const all = [...box.querySelectorAll(".tl-document-words [data-hit]")];
  const last = Math.max(0, ...all.map((hit) => Number(hit.dataset.hit)));
  if (!last) return;
  const now = Number(box.querySelector("[data-current]")?.dataset.hit ?? 1);
  const next = (now - 1 + by + last) % last + 1;
  for (const hit of box.querySelectorAll("[data-hit]")) hit.toggleAttribute("data-current", Number(hit.dataset.hit) === next);
  show(box);
  box.querySelector("[data-look-count]").textContent = `${next} of ${last}`;
}

function show(box) {
  const words = box.querySelector(".tl-document-words [data-current]");
  if (words) words.closest(".tl-document-words").scrollTop = words.offsetTop - 60;
  (box.querySelector("rect[data-current]") ?? words)?.scrollIntoView({ block: "center" });
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-look-step]");
  if (!link) return;
  event.preventDefault();
  event.stopPropagation(); // the hits are all here: nothing has to be asked for
  step(link.closest(".tl-document"), Number(link.dataset.lookStep));
}, true);

// Enter goes on to the next place, with Shift to the one before, as long as the words are those that were looked for.
document.addEventListener("keydown", (event) => {
  const input = event.target.closest?.("[data-look]");
  if (!input || event.key !== "Enter" || input.value !== input.defaultValue || !input.value) return;
  event.preventDefault();
  step(input.closest(".tl-document"), event.shiftKey ? -1 : 1);
});

document.addEventListener("htmx:afterSettle", ({ detail: { elt } }) => {
  const box = elt.closest?.(".tl-document");
  if (box?.querySelector("[data-look-count]")) {
    const input = box.querySelector("[data-look]");
    input.focus();
    input.setSelectionRange(input.value.length, input.value.length);
    show(box);
  }
  if (elt.id === "parsed") elt.querySelector(".tl-parsed-form :is(input:not([type=hidden]), textarea)")?.focus();
});

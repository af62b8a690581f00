// The board: drag, "Move to…", selection, more cards, and what colleagues do, without losing focus or selection.
// The server renders columns; this module reconciles them card by card. Everything has a plain link or form beneath.

import Sortable from "../vendor/sortable/sortable.esm.js";

const EVERY = 4000;
const PATIENCE = 15000;
const frame = document.getElementById("board");
const bulk = document.getElementById("bulk");
const dialog = document.getElementById("move");
const said = document.querySelector("[data-board-said]");
const mayMove = frame.dataset.mayMove !== undefined;
let dragging = false;
let busy = null;
let mine = false; // the change that comes next is our own: nothing to announce

const board = () => frame.querySelector(".tl-board");
const boxes = () => [...frame.querySelectorAll('input[name="pick"]')];
const columnOf = (element) => element.closest(".tl-col");
// A browser gives crypto.randomUUID to pages served over TLS alone.
const uuid = () => "10000000-1000-4000-8000-100000000000".replace(/[018]/g, (digit) => (digit ^ (crypto.getRandomValues(new Uint8Array(1))[0] & (15 >> (digit / 4)))).toString(16));

// --- refreshing -----------------------------------------------------------------------------------------------------

function address(more) {
  const query = new URLSearchParams({ ...Object.fromEntries(new URLSearchParams(frame.dataset.query)), ...more });
  query.set("since", board().dataset.token);
  const shown = [...frame.querySelectorAll(".tl-col")].map((column) => `${column.dataset.stage}:${column.querySelectorAll("[data-card]").length}`);
  query.set("n", shown.join(","));
  return `${frame.dataset.changes}?${query}`;
}

// `whole`: what this page shows may differ from what the server last said, so all columns. `fresh`: and all cards.
async function refresh(more = {}) {
  if (dragging) return;
  busy?.abort();
  const turn = new AbortController();
  busy = turn;
  const patience = setTimeout(() => turn.abort(new DOMException("No answer", "TimeoutError")), PATIENCE);
  try {
    const response = await fetch(address(missed ? { ...more, whole: 1 } : more), { headers: { "HX-Request": "true" }, signal: turn.signal });
    if (response.status >= 500) { connected(false); return; }
    if (response.redirected || response.status >= 400) { location.reload(); return; } // signed out, or no longer on the team
    const text = await response.text();
    connected(true);
    if (response.status !== 200 || dragging) return;
    const fresh = new DOMParser().parseFromString(text, "text/html").querySelector(".tl-board");
    if (fresh) reconcile(fresh);
  } catch (error) {
    if (error.name === "AbortError") return;
    if (!(error instanceof TypeError) && error.name !== "TimeoutError") throw error;
    connected(false);
  } finally {
    clearTimeout(patience);
    if (busy === turn) busy = null;
  }
}

// Said in its place, and once; the next tick asks again. What is selected stays, since nothing is drawn meanwhile.
let missed = false;

function connected(is) {
  if (missed === !is) return;
  missed = !is;
  frame.toggleAttribute("data-lost", missed);
  said.textContent = missed ? frame.querySelector(".tl-lost").textContent : "Connected again. The board shows what happened meanwhile.";
}

function reconcile(fresh) {
  const focus = remember();
  const places = lookedAt();
  const arrived = [];
  const here = new Map([...frame.querySelectorAll("[data-card]")].map((card) => [card.dataset.card, card]));
  for (const column of fresh.querySelectorAll(".tl-col")) {
    const old = board().querySelector(`.tl-col[data-stage="${CSS.escape(column.dataset.stage)}"]`);
    if (!old) { location.reload(); return; } // the stages themselves changed
    arrived.push(...fill(old, column, here));
  }
  board().dataset.token = fresh.dataset.token; // only now: whatever fails on the way is put right by the next answer
  figures(fresh);
  if (frame.querySelector("[data-card]")) {
    frame.removeAttribute("data-quiet");
    document.querySelector("#main > .tl-empty")?.remove();
  }
  places();
  focus();
  paint();
  if (arrived.length && !mine) announce(arrived);
  mine = false;
}

// The head and the filters count what the columns count. What stands in [data-figure-of] goes when there is none.
function figures(fresh) {
  for (const place of document.querySelectorAll("[data-figure]")) {
    const number = Number(fresh.dataset[place.dataset.figure]);
    place.textContent = number.toLocaleString("en");
    const whole = place.closest("[data-figure-of]");
    if (whole) whole.hidden = !number;
  }
}

function fill(old, column, here) {
  const arrived = [];
  for (const mark of ["data-over", "data-empty"]) old.toggleAttribute(mark, column.hasAttribute(mark));
  const heads = [old, column].map((side) => side.querySelector("header"));
  const inUse = heads[0].querySelector("details[open]") || heads[0].contains(document.activeElement);
  if (heads[0].innerHTML !== heads[1].innerHTML && !inUse) heads[0].replaceWith(heads[1]);
  const list = old.querySelector(".tl-cards");
  const wanted = column.querySelector(".tl-cards");
  list.dataset.people = wanted.dataset.people;
  let next = list.firstElementChild;
  for (const item of [...wanted.children]) {
    const card = item.dataset.card && here.get(item.dataset.card);
    const isKnown = item.dataset.same !== undefined; // far down, and not drawn again
    if (isKnown && !card) { // nobody this page has: the column ends here, the others come when it is scrolled
      list.insertBefore(rest(old, item.dataset.same), next);
      break;
    }
    let place = item;
    if (card) {
      const was = columnOf(card);
      place = isKnown || same(card, item) ? card : swap(card, item);
      if (card === next) next = place; // what stood there may just have been replaced
      if (was !== old) arrived.push(place);
    }
    if (place === next) next = next.nextElementSibling;
    else list.insertBefore(place, next);
    here.delete(item.dataset.card);
  }
  while (next) {
    const rest = next.nextElementSibling;
    next.remove();
    next = rest;
  }
  for (const card of arrived) card.firstElementChild.dataset.moved = "";
  return arrived;
}

function rest(column, after) {
  const list = column.querySelector(".tl-cards");
  const item = Object.assign(document.createElement("li"), { className: "tl-rest" });
  const link = item.appendChild(document.createElement("a"));
  const { stage } = column.dataset;
  link.href = `${frame.dataset.table}?stage=${stage}`;
  Object.assign(link.dataset, { more: frame.dataset.changes.replace("changes/", `more/${stage}/`), after });
  link.textContent = "More";
  queueMicrotask(() => { link.textContent = `${(Number(list.dataset.people) - list.querySelectorAll("[data-card]").length).toLocaleString("en")} more`; });
  return item;
}

// Selection and the open drawer are marks of this page, not of the card.
function plain(card) {
  const copy = card.cloneNode(true);
  for (const mark of ["data-selected", "data-open", "data-moved"]) copy.firstElementChild.removeAttribute(mark);
  return copy.innerHTML;
}
const same = (card, item) => plain(card) === item.innerHTML;

function swap(card, item) {
  const box = card.querySelector('input[name="pick"]');
  const fresh = item.querySelector('input[name="pick"]');
  if (box && fresh) fresh.checked = box.checked;
  if (card.firstElementChild.dataset.open !== undefined) item.firstElementChild.dataset.open = "";
  card.replaceWith(item);
  return item;
}

function remember() {
  const active = document.activeElement;
  const card = active?.closest("[data-card]");
  if (!card || !frame.contains(card)) return () => {};
  const which = [...card.querySelectorAll("a, input, button")].indexOf(active);
  const near = [card, card.nextElementSibling, card.previousElementSibling].map((one) => one?.dataset.card).filter(Boolean);
  return () => {
    if (document.activeElement === active && active.isConnected) return;
    const places = near.map((pk) => frame.querySelector(`[data-card="${CSS.escape(pk)}"]`)); // a card that is gone leaves it to its neighbour
    places.find(Boolean)?.querySelectorAll("a, input, button")[which]?.focus({ preventScroll: true });
  };
}

// In each column that is scrolled, the card in use, else the first ones in sight, stay where they are while others come and go.
function lookedAt() {
  const kept = [];
  for (const list of frame.querySelectorAll(".tl-cards")) {
    if (!list.scrollTop) continue;
    const edge = list.getBoundingClientRect().top;
    const cards = [...list.querySelectorAll("[data-card]")];
    const first = cards.findIndex((card) => card.getBoundingClientRect().bottom > edge);
    const inUse = list.contains(document.activeElement) ? [document.activeElement.closest("[data-card]")] : [];
    const seen = [...inUse, ...cards.slice(Math.max(first, 0), first + 8)].filter(Boolean);
    kept.push([list, seen.map((card) => [card.dataset.card, card.getBoundingClientRect().top])]);
  }
  return () => {
    for (const [list, seen] of kept) {
      for (const [pk, top] of seen) {
        const card = list.querySelector(`[data-card="${CSS.escape(pk)}"]`);
        if (!card) continue;
        list.scrollTop += card.getBoundingClientRect().top - top;
        break;
      }
    }
  };
}

function announce(cards) {
  const names = cards.slice(0, 3).map((card) => `${card.querySelector("h3").textContent} is now in ${columnOf(card).querySelector(".tl-cards").ariaLabel ?? ""}`);
  said.textContent = names.join(". ") + (cards.length > 3 ? `, and ${cards.length - 3} more moved` : "");
}

let ticks = 0;
setInterval(() => {
  if (document.hidden) return;
  ticks += 1;
  refresh(ticks % 75 ? {} : { fresh: 1 }); // every five minutes all of it: days in stage and what one waits for go on by themselves
}, EVERY);
addEventListener("online", () => refresh());
addEventListener("offline", () => connected(false));
document.addEventListener("visibilitychange", () => { if (!document.hidden) refresh(); });
document.body.addEventListener("application-moved", () => { mine = true; refresh(); });
addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  for (const page of fields("page")) page.value = uuid(); // come back to: what is pressed now is something new
  refresh();
});

// --- moving ---------------------------------------------------------------------------------------------------------

// `putBack` restores what a drag already shows, for when the move never reached the server.
async function move(url, to, seen, putBack = () => {}) {
  try {
    await htmx.ajax("POST", url, { source: document.body, swap: "none", values: { to, ...(seen ? { seen } : {}) } });
  } catch { // the frame has said why
    putBack();
    return;
  }
  mine = true;
  await refresh({ whole: 1 }); // a move that was refused changes nothing at the server, but the card stands elsewhere here
}

function makeSortable() {
  for (const list of frame.querySelectorAll(".tl-cards")) {
    if (Sortable.get(list)) continue;
    const { kind } = columnOf(list).dataset;
    Sortable.create(list, {
      group: { name: "board", put: kind !== "hired", pull: kind !== "hired" },
      sort: false,
      draggable: "[data-card]",
      filter: ".tl-pick, .tl-rest",
      preventOnFilter: false,
      delay: 250,
      delayOnTouchOnly: true,
      touchStartThreshold: 5,
      animation: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 120,
      onStart: () => { dragging = true; },
      onMove: ({ to }) => {
        for (const column of frame.querySelectorAll(".tl-col")) column.toggleAttribute("data-drop", column === columnOf(to));
      },
      onEnd: ({ item, from, to, oldIndex }) => {
        dragging = false;
        for (const column of frame.querySelectorAll("[data-drop]")) column.removeAttribute("data-drop");
        if (from === to) return;
        const putBack = () => from.insertBefore(item, from.children[oldIndex] ?? null);
        move(item.querySelector("[data-move]").href, columnOf(to).dataset.stage, columnOf(from).dataset.stage, putBack);
      },
    });
  }
}

// "Move to…": one dialog for the page, for a single card or for the selection.
let target = null;

function ask(title, what) {
  target = { ...what, once: uuid() }; // this question is answered once
  dialog.querySelector("h2").textContent = title;
  for (const button of dialog.querySelectorAll("[name=to]")) button.disabled = button.value === what.seen;
  dialog.showModal();
  dialog.querySelector("[name=to]:not(:disabled)")?.focus();
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-move]");
  if (!link || !mayMove || event.metaKey || event.ctrlKey || event.shiftKey) return;
  event.preventDefault();
  const card = link.closest("[data-card]");
  ask(`Move ${card.querySelector("h3").textContent} to…`, { url: link.href, seen: columnOf(card).dataset.stage, card: card.dataset.card });
});
dialog?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const { url, seen, card, many } = target;
  const to = event.submitter.value;
  dialog.close();
  if (many) { moveMany(to); return; }
  await move(url, to, seen);
  frame.querySelector(`[data-card="${CSS.escape(card)}"] h3 a`)?.focus();
});
dialog?.addEventListener("click", (event) => { if (event.target === dialog || event.target.closest("[data-close-move]")) dialog.close(); });

// --- selection ------------------------------------------------------------------------------------------------------

// A whole column is a field `all`, whoever was unticked in it since a field `except`; so are those who are not loaded meant.
const fields = (name) => (bulk ? [...bulk.querySelectorAll(`input[type="hidden"][name="${name}"]`)] : []);
const add = (name, value) => bulk.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));

function paint() {
  if (!bulk) return;
  const all = new Set(fields("all").map((input) => input.value));
  const except = new Set(fields("except").map((input) => input.value));
  let count = 0;
  for (const column of frame.querySelectorAll(".tl-col")) {
    const mine = [...column.querySelectorAll('input[name="pick"]')];
    if (all.has(column.dataset.stage)) {
      for (const box of mine) box.checked = !except.has(box.value);
      count += Number(column.querySelector(".tl-cards").dataset.people) - mine.filter((box) => !box.checked).length;
    } else count += mine.filter((box) => box.checked).length;
    for (const box of mine) box.closest(".tl-card").toggleAttribute("data-selected", box.checked);
  }
  bulk.toggleAttribute("data-empty", !count);
  bulk.querySelector("[data-board-count]").textContent = `${count.toLocaleString("en")} selected`;
  frame.toggleAttribute("data-selecting", count > 0);
}

function clear() {
  for (const input of [...fields("all"), ...fields("except")]) input.remove();
  for (const box of boxes()) box.checked = false;
  paint();
}

async function moveMany(to) {
  const data = new FormData(bulk);
  const values = { act: "move", to, pick: data.getAll("pick"), all: data.getAll("all"), except: data.getAll("except"), once: target.once, seen: board().dataset.token };
  try { // its menus hold buttons named "action", which would answer for the property
    await htmx.ajax("POST", bulk.getAttribute("action"), { source: document.body, swap: "none", values });
  } catch { // the frame has said why, and the selection stays
    return;
  }
  clear();
  mine = true;
  await refresh();
}

let lastBox = null;
frame.addEventListener("click", (event) => {
  const box = event.target.closest('input[name="pick"]');
  if (!box) return;
  if (event.shiftKey && lastBox && columnOf(lastBox) === columnOf(box)) {
    const list = boxes().filter((other) => columnOf(other) === columnOf(box));
    const [from, until] = [list.indexOf(lastBox), list.indexOf(box)].sort((a, b) => a - b);
    for (const other of list.slice(from, until + 1)) {
      if (other === box || other.checked === box.checked) continue;
      other.checked = box.checked;
      other.dispatchEvent(new Event("change", { bubbles: true }));
    }
  }
  lastBox = box;
});
frame.addEventListener("change", ({ target: box }) => {
  if (box.name !== "pick") return;
  if (fields("all").some((input) => input.value === columnOf(box).dataset.stage)) {
    const out = fields("except").find((input) => input.value === box.value);
    if (box.checked) out?.remove();
    else if (!out) add("except", box.value);
  }
  paint();
});
frame.addEventListener("click", (event) => {
  const button = event.target.closest("[data-select-column]");
  if (!button) return;
  const column = columnOf(button);
  for (const out of fields("except")) if (column.querySelector(`input[name="pick"][value="${CSS.escape(out.value)}"]`)) out.remove();
  if (!fields("all").some((input) => input.value === column.dataset.stage)) add("all", column.dataset.stage);
  button.closest("details").open = false;
  paint();
  bulk.querySelector("button").focus();
});
bulk?.addEventListener("keydown", (event) => { // Enter in a menu's field presses that menu's button, not the first of the bar
  const menu = event.key === "Enter" && event.target.matches("input") && event.target.closest(".tl-pop-form");
  if (!menu) return;
  event.preventDefault();
  menu.querySelector('button[type="submit"]').click();
});
bulk?.addEventListener("reset", (event) => { event.preventDefault(); clear(); document.getElementById("main").focus(); });
bulk?.addEventListener("submit", (event) => {
  if (!event.submitter?.matches("[data-bulk-move]")) {
    if (!fields("seen").length) add("seen", "");
    fields("seen")[0].value = board().dataset.token;
    return;
  }
  event.preventDefault();
  ask(`Move ${bulk.querySelector("[data-board-count]").textContent.replace(" selected", "")} people to…`, { many: true });
});
document.addEventListener("keydown", (event) => {
  const open = document.querySelector(":is(dialog[open], details[open], :popover-open)"); // forgiven by browsers without popovers
  if (event.key === "Escape" && !open && bulk && bulk.dataset.empty === undefined) { event.preventDefault(); clear(); }
});

// --- more cards -----------------------------------------------------------------------------------------------------

async function more(link) {
  if (link.dataset.loading !== undefined) return;
  link.dataset.loading = "";
  const query = new URLSearchParams(frame.dataset.query);
  query.set("after", link.dataset.after);
  const response = await fetch(`${link.dataset.more}?${query}`, { headers: { "HX-Request": "true" } }).catch(() => null);
  if (!response) connected(false);
  if (!response?.ok || !link.isConnected) { delete link.dataset.loading; return; }
  const part = new DOMParser().parseFromString(`<ol>${await response.text()}</ol>`, "text/html").querySelector("ol");
  const rest = link.closest(".tl-rest");
  const focused = document.activeElement === link;
  const list = rest.parentElement;
  const first = part.firstElementChild;
  rest.replaceWith(...part.children);
  const left = list.querySelector("[data-more]");
  if (left) {
    const count = Number(list.dataset.people) - list.querySelectorAll("[data-card]").length;
    left.textContent = `${count.toLocaleString("en")} more`;
    watch.observe(left);
  }
  if (focused) first?.querySelector("h3 a")?.focus();
  paint();
}

const watch = new IntersectionObserver((entries) => {
  for (const { isIntersecting, target: link } of entries) if (isIntersecting && link.closest(".tl-cards").scrollTop > 0) more(link);
}, { rootMargin: "300px" });

frame.addEventListener("click", (event) => {
  const link = event.target.closest("[data-more]");
  if (!link || event.metaKey || event.ctrlKey) return;
  event.preventDefault();
  more(link);
});
frame.addEventListener("scroll", ({ target: list }) => {
  const link = list.querySelector?.("[data-more]");
  if (link && list.matches(".tl-cards") && list.scrollHeight - list.scrollTop - list.clientHeight < 400) more(link);
}, true);

// Rejecting or adding in the drawer comes back here.
document.addEventListener("htmx:afterSwap", ({ target: place }) => {
  const here = place.querySelector?.("input[data-here]");
  if (here) here.value = location.pathname.startsWith("/applications/") ? [frame.dataset.changes.replace("changes/", ""), frame.dataset.query].filter(Boolean).join("?") : here.value;
});

if (mayMove) makeSortable();
paint();

// On a phone one column fills the page: start where the first people are.
const first = frame.querySelector(".tl-col:not([data-empty])");
if (first && matchMedia("(max-width: 40rem)").matches) board().scrollLeft += first.getBoundingClientRect().left - board().getBoundingClientRect().left - 16;

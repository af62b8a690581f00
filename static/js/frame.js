// The frame's own: the theme button, and the menu's counts, asked for after the page is there and kept a moment for the next one.

// Theme. The form saves it; here the page only turns at once.
document.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-theme-toggle]")) return;
  event.preventDefault();
  const root = document.documentElement;
  const dark = root.dataset.bsTheme ? root.dataset.bsTheme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  const form = event.target;
  form.elements.theme.value = dark ? "light" : "dark";
  root.dataset.bsTheme = form.elements.theme.value;
  fetch(form.action, { method: "POST", body: new FormData(form), headers: { "X-Requested-With": "fetch" } });
});

// Tabs that are wider than a phone: the one that is open stands in sight.
for (const tab of document.querySelectorAll(".tl-tabs [aria-current]")) {
  const list = tab.closest(".tl-tabs");
  const [around, own] = [list, tab].map((one) => one.getBoundingClientRect());
  list.scrollLeft += own.left - around.left - (around.width - own.width) / 2;
}

// Counts. Only numbers, of this tab and this person, live in the session storage.
const FRESH = 20_000;
const key = `counts:${document.body.dataset.user}`;

function paint(counts) {
  for (const place of document.querySelectorAll("[data-count]")) {
    const { n = 0, late = false } = counts[place.dataset.count] ?? {};
    place.replaceChildren();
    if (!n) continue;
    const waiting = Object.assign(document.createElement("span"), { className: "visually-hidden", textContent: late ? " waiting, some late" : " waiting" });
    place.append(n > 999 ? "999+" : String(n), waiting);
    if (late) place.dataset.tone = "bad";
    else delete place.dataset.tone;
  }
}

async function refresh() {
  const { counts, at = 0 } = JSON.parse(sessionStorage.getItem(key) ?? "{}");
  if (counts) paint(counts);
  if (Date.now() - at < FRESH || document.hidden) return;
  const here = document.querySelector("[data-waiting]"); // Today has just counted: not twice
  const url = document.querySelector("[data-counts]").dataset.counts + (here ? "?without=today" : "");
  const answer = await fetch(url, { headers: { Accept: "application/json" } });
  if (!answer.ok || answer.redirected) return;
  const fresh = await answer.json();
  if (here) fresh.today = { n: Number(here.dataset.waiting), late: Number(here.dataset.late) > 0 };
  sessionStorage.setItem(key, JSON.stringify({ counts: fresh, at: Date.now() }));
  paint(fresh);
}

function later() { setTimeout(() => refresh().catch(() => {}), 50); }

document.addEventListener("visibilitychange", later);
document.addEventListener("htmx:afterRequest", ({ detail }) => {
  if (detail.requestConfig?.verb === "get" || !detail.successful) return;
  const kept = JSON.parse(sessionStorage.getItem(key) ?? "{}");
  sessionStorage.setItem(key, JSON.stringify({ ...kept, at: 0 })); // something changed: ask again
  later();
});
document.addEventListener("submit", ({ target }) => { if (target.method === "post") sessionStorage.removeItem(key); });
later();

// Opening what one was told marks it as read; the request outlives the page.
document.addEventListener("click", ({ target }) => {
  const told = target.closest?.("a[data-told]");
  if (!told) return;
  fetch(told.dataset.told, { method: "POST", keepalive: true, redirect: "manual", headers: JSON.parse(document.body.getAttribute("hx-headers")) });
  sessionStorage.removeItem(key);
});

// The one drawer. <a href="/candidates/5/" data-drawer="/candidates/5/drawer/"> opens the fragment beside the page it came from.
// The link's own address goes into the address bar: a reload shows the full page, the back button closes the drawer.
// Inside it: [data-drawer] links replace what is shown, [data-drawer-close] closes, [data-drawer-step] goes to a neighbour in
// the list one came from, [data-drawer-write] opens the composer.

const drawer = document.getElementById("drawer");
const app = document.getElementById("app");
const narrow = matchMedia("(max-width: 62rem)");
let below = null; // the address under the drawer
let opener = null;
let walk = null; // the list one came from, as it stood when the drawer opened

// The rows beside the link that opened the drawer: one column of the board, or the page of a list.
function remember(link) {
  const list = link.closest("[data-drawer-row]") ? link.closest("ol, ul, tbody") : null;
  const links = list ? [...list.querySelectorAll("[data-drawer-row]")].map((row) => row.querySelector("a[data-drawer]")).filter(Boolean) : [];
  const addresses = links.map((other) => other.dataset.drawer);
  walk = links.length > 1 ? { addresses, total: Math.max(Number(list.dataset.people ?? 0), links.length), name: list.ariaLabel ?? "" } : null;
}

function neighbour(from, step) {
  const { addresses } = walk;
  for (let at = addresses.indexOf(from) + step; at >= 0 && at < addresses.length; at += step) {
    const link = app.querySelector(`[data-drawer-row] a[data-drawer="${CSS.escape(addresses[at])}"]`);
    if (link) return link; // whoever is gone meanwhile is passed over
  }
  return null;
}

function place(address) {
  const at = walk?.addresses.indexOf(address) ?? -1;
  const said = drawer.querySelector("[data-drawer-place]");
  if (at < 0 || !said) return;
  said.textContent = `${at + 1} of ${walk.total.toLocaleString("en")}${walk.name ? ` in ${walk.name}` : ""}`;
  for (const button of drawer.querySelectorAll("[data-drawer-step]")) {
    button.hidden = false;
    button.disabled = !neighbour(address, Number(button.dataset.drawerStep));
    button.dataset.from = address;
  }
}

function write(open) {
  const composer = drawer.querySelector("#drawer-write");
  if (!composer) return;
  const button = drawer.querySelector("[data-drawer-write]");
  const goesBack = !open && !composer.hidden && (composer.contains(document.activeElement) || document.activeElement === document.body);
  composer.hidden = !open;
  button?.setAttribute("aria-expanded", String(open));
  if (goesBack) button?.focus({ preventScroll: true });
  if (open) composer.querySelector("textarea, input:not([type=hidden])")?.focus();
}

function mark(link) {
  for (const old of document.querySelectorAll("[data-open]")) delete old.dataset.open;
  const place = link?.closest("[data-drawer-row]");
  if (place) place.dataset.open = "";
}

async function show(link) {
  const first = !drawer.open;
  if (first) {
    below = location.href;
    opener = link;
    history.pushState({ drawer: true }, "", link.href);
  } else {
    history.replaceState({ drawer: true }, "", link.href);
    if (app.contains(link)) opener = link;
  }
  if (app.contains(link) && !walk?.addresses.includes(link.dataset.drawer)) remember(link);
  mark(link);
  if (first) {
    drawer.innerHTML = '<div class="tl-drawer-bar"></div><div class="tl-drawer-body"><p class="tl-muted">Loading…</p></div>';
    drawer.show();
    app.inert = narrow.matches;
  }
  drawer.setAttribute("aria-busy", "true");
  await htmx.ajax("GET", link.dataset.drawer, { target: drawer, swap: "innerHTML" });
  drawer.removeAttribute("aria-busy");
  const heading = drawer.querySelector("#drawer-title, h2, h1");
  if (!heading) { hide(); location.assign(link.href); return; } // it failed: the full page says why
  heading.id = "drawer-title";
  heading.tabIndex = -1;
  heading.focus({ preventScroll: true });
  place(link.dataset.drawer);
}

function hide() {
  app.inert = false;
  drawer.close();
  drawer.replaceChildren();
  walk = null;
  mark(null);
  const back = opener?.isConnected ? opener : document.querySelector(`[data-drawer="${CSS.escape(opener?.dataset.drawer ?? "")}"]`);
  (back ?? document.getElementById("main")).focus({ preventScroll: true });
  document.dispatchEvent(new CustomEvent("drawer-closed"));
}

function mayLeave() {
  const unsaved = [...drawer.querySelectorAll("form[data-guard] textarea")].some((text) => text.value !== text.defaultValue);
  return !unsaved || window.confirm("Close without saving what you wrote?");
}

function close() {
  if (mayLeave()) history.back();
}

for (const saved of ["timeline-changed", "task-added"]) document.body.addEventListener(saved, () => write(false));

document.addEventListener("click", (event) => {
  if (event.target.closest("#drawer [data-drawer-close]")) {
    event.preventDefault();
    close();
    return;
  }
  const step = event.target.closest("#drawer [data-drawer-step]");
  if (step) {
    const next = neighbour(step.dataset.from, Number(step.dataset.drawerStep));
    if (next && mayLeave()) show(next);
    return;
  }
  const writing = event.target.closest("#drawer [data-drawer-write]");
  if (writing) {
    write(writing.getAttribute("aria-expanded") !== "true");
    return;
  }
  const link = event.target.closest("a[data-drawer]");
  if (!link || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  show(link);
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !drawer.open || document.querySelector("dialog:modal") || event.defaultPrevented) return;
  if (event.target.closest?.("details[open]")) return;
  close();
});

// Registered before htmx's own handler: going back to the page below only closes the drawer, nothing is loaded again.
addEventListener("popstate", (event) => {
  if (drawer.open && location.href === below) {
    event.stopImmediatePropagation();
    hide();
  } else if (event.state?.drawer) {
    event.stopImmediatePropagation();
    location.reload(); // forward again: the full page of it
  }
});

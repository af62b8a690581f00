// The one drawer. <a href="/candidates/5/" data-drawer="/candidates/5/drawer/"> opens the fragment beside the page it came from.
// The link's own address goes into the address bar: a reload shows the full page, the back button closes the drawer.
// Inside it: [data-drawer] links replace what is shown, [data-drawer-close] closes.

const drawer = document.getElementById("drawer");
const app = document.getElementById("app");
const narrow = matchMedia("(max-width: 62rem)");
let below = null; // the address under the drawer
let opener = null;

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
}

function hide() {
  app.inert = false;
  drawer.close();
  drawer.replaceChildren();
  mark(null);
  const back = opener?.isConnected ? opener : document.querySelector(`[data-drawer="${CSS.escape(opener?.dataset.drawer ?? "")}"]`);
  (back ?? document.getElementById("main")).focus({ preventScroll: true });
  document.dispatchEvent(new CustomEvent("drawer-closed"));
}

function close() {
  const unsaved = [...drawer.querySelectorAll("form[data-guard] textarea")].some((text) => text.value !== text.defaultValue);
  if (unsaved && !window.confirm("Close without saving what you wrote?")) return;
  history.back();
}

document.addEventListener("click", (event) => {
  if (event.target.closest("#drawer [data-drawer-close]")) {
    event.preventDefault();
    close();
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

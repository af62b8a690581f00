// Review: the next person is fetched while one reads and shown at the moment of the decision. The answer puts things right:
// another person next, or a refusal, in which case the one decided on comes back. Without this file each decision is a page.

const here = () => document.getElementById("review");
let ready = null; // {address, html}: the next person's page, as it was a moment ago
let leaving = null; // the person a decision is on its way about

function settle(page = here()) {
  page?.querySelector("h1")?.focus({ preventScroll: true });
  for (const place of page?.querySelectorAll(".tl-review-doc, .tl-review-side") ?? []) place.scrollTop = 0;
  fetchNext();
}

async function fetchNext() {
  const address = here()?.dataset.next;
  ready = null;
  if (!address) return;
  try {
    const answer = await fetch(address, { headers: { "HX-Request": "true", "HX-Target": "review" }, credentials: "same-origin" });
    if (answer.ok && !answer.redirected && here()?.dataset.next === address) ready = { address, html: await answer.text() };
  } catch { /* then the decision's own answer brings them */ }
}

function showNext() {
  const page = here();
  const next = document.createRange().createContextualFragment(ready.html).querySelector("#review");
  if (!next || next.dataset.application !== page.dataset.nextApplication) return;
  leaving = page;
  page.id = "review-leaving";
  page.hidden = page.inert = true;
  page.before(next);
  htmx.process(next);
  settle(next);
}

function comeBack() {
  if (!leaving) return;
  here()?.remove();
  leaving.id = "review";
  leaving.hidden = leaving.inert = false;
  leaving = null;
  settle();
}

document.addEventListener("htmx:configRequest", ({ detail }) => {
  if (!detail.elt.matches?.("[data-advance]")) return;
  if (leaving) { detail.elt.dispatchEvent(new Event("wait")); return; } // one decision at a time leaves the page
  if (ready && ready.address === here()?.dataset.next) detail.headers["X-Shown-Next"] = here().dataset.nextApplication;
});
document.addEventListener("htmx:beforeRequest", (event) => {
  const { elt, requestConfig } = event.detail;
  if (!elt.matches?.("[data-advance]")) return;
  if (leaving) { event.preventDefault(); return; }
  if (requestConfig.headers["X-Shown-Next"]) showNext();
});
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (!leaving || !detail.requestConfig.elt.matches?.("[data-advance]")) return;
  if (detail.xhr.status >= 300) { comeBack(); return; }
  if (!detail.xhr.getResponseHeader("HX-Retarget")) detail.target = here(); // somebody else is next than was shown
});
document.addEventListener("htmx:afterRequest", ({ detail }) => {
  if (!leaving || !detail.requestConfig?.elt.matches?.("[data-advance]")) return;
  if (detail.successful) { leaving.remove(); leaving = null; } else comeBack();
});
document.addEventListener("htmx:sendError", comeBack);
document.addEventListener("htmx:afterSwap", ({ detail: { target } }) => { if (target?.id === "review") settle(); });

// A rejection is decided in the drawer; then the next person comes. An undo of a toast brings the page up to date.
document.body.addEventListener("application-moved", (event) => {
  const page = here();
  if (!page || event.target.closest?.("#review, #review-leaving")) return;
  const address = event.target.closest?.("#drawer") ? page.dataset.decided : location.href;
  if (address) htmx.ajax("GET", address, { target: "#review", swap: "outerHTML" }).then(() => history.replaceState(history.state, "", address));
});

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-focus-on]");
  if (!link) return;
  event.preventDefault();
  document.getElementById(link.dataset.focusOn)?.focus();
});
// From criterion to criterion, to put one right with Enter: those that are open first come first, as they stand on the page.
document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-criteria-step]")) return;
  const links = [...(here()?.querySelectorAll("[data-criterion]") ?? [])];
  if (!links.length) return;
  event.preventDefault();
  const at = links.indexOf(document.activeElement);
  const open = links.findIndex((link) => link.closest("[data-met]")?.dataset.met !== "yes");
  links[at < 0 ? Math.max(open, 0) : (at + 1) % links.length].focus();
});
document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open], details[open]")) return;
  if (event.key === "Escape") {
    if (event.target.matches?.("textarea, input")) { event.target.blur(); return; }
    document.querySelector("[data-leave]")?.click();
  } else if (event.key === "ArrowLeft" || event.key === "ArrowRight") {
    if (document.body.dataset.shortcuts !== "on" || event.target.closest?.("input, textarea, select, [role=radiogroup]")) return;
    const step = here()?.querySelector(`[data-step="${event.key}"]`);
    if (!step) return;
    event.preventDefault();
    step.click();
  }
});

fetchNext();

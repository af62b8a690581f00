// Next and previous conversation: buttons with data-step follow the list's links, so that the keys j and k work on any page of it.

document.addEventListener("click", ({ target }) => {
  const button = target.closest("[data-step]");
  if (!button) return;
  const links = [...document.querySelectorAll("#inbox-list a[data-conversation]")];
  const here = links.findIndex((link) => link.getAttribute("aria-current"));
  const next = links[here < 0 ? 0 : here + Number(button.dataset.step)];
  if (next) next.click();
});

// The open conversation's row is always to be seen, in a list that scrolls by itself.
function inView() {
  document.querySelector("#inbox-list li[data-current]")?.scrollIntoView({ block: "nearest" });
}
inView();

document.addEventListener("click", ({ target }) => {
  const chosen = target.closest("#inbox-list a[data-conversation]");
  if (!chosen) return;
  for (const link of document.querySelectorAll("#inbox-list a[data-conversation]")) {
    const current = link === chosen;
    link.toggleAttribute("aria-current", current);
    if (current) link.setAttribute("aria-current", "true");
    link.closest("li").toggleAttribute("data-current", current);
  }
  inView();
  document.querySelector(".tl-inbox")?.setAttribute("data-open", "");
});

// The list fetches itself when something changed, and keeps its mark and its place.
let place = 0;
document.body.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (detail.target.id === "inbox-list") place = detail.target.scrollTop;
});
document.body.addEventListener("htmx:afterSwap", ({ detail }) => {
  if (detail.target.id === "inbox-list") document.getElementById("inbox-list").scrollTop = place;
});
document.body.addEventListener("htmx:configRequest", ({ target, detail }) => {
  if (target.id !== "inbox-list") return;
  const current = target.querySelector("a[data-conversation][aria-current]");
  if (current) detail.parameters.open = current.dataset.conversation;
});

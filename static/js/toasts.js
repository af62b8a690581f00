// Toasts in the live region, each with Undo when the server offers one. Event `toast` on body: {toasts: [{text, tone, undo}]}.

const status = document.getElementById("status");
const pattern = document.getElementById("toast");
const STAYS = { bad: 20_000, warn: 15_000 };

function leaveLater(toast, after) {
  let timer;
  const start = () => { timer = setTimeout(() => toast.remove(), after); };
  const stop = () => clearTimeout(timer);
  toast.addEventListener("pointerenter", stop);
  toast.addEventListener("pointerleave", start);
  toast.addEventListener("focusin", stop);
  toast.addEventListener("focusout", start);
  start();
}

function show({ text, tone = "good", undo = "" }) {
  if (!text) return;
  const toast = pattern.content.firstElementChild.cloneNode(true);
  toast.dataset.tone = tone;
  toast.querySelector("span").textContent = text;
  const button = toast.querySelector("[data-undo]");
  if (undo) button.dataset.undo = undo;
  else button.remove();
  while (status.childElementCount > 2) status.firstElementChild.remove();
  status.append(toast);
  leaveLater(toast, STAYS[tone] ?? (undo ? 12_000 : 6_000));
}

document.body.addEventListener("toast", ({ detail }) => {
  for (const toast of detail.toasts ?? [detail]) show(toast);
});

for (const toast of status.children) leaveLater(toast, STAYS[toast.dataset.tone] ?? 12_000);

document.addEventListener("click", ({ target }) => {
  const close = target.closest("[data-close-toast]");
  if (close) close.closest(".tl-toast").remove();
  const undo = target.closest(".tl-toast button[data-undo]");
  if (!undo?.dataset.undo) return; // the one of a full page is a plain form
  undo.closest(".tl-toast").remove();
  htmx.ajax("POST", undo.dataset.undo, { source: document.body, swap: "none" });
});

// What the page does around htmx requests: says what went wrong, keeps what was typed, shows that something takes long.
// Modules of the frame do not import each other; they speak through events, the same ones the server sends (HX-Trigger).

const SAID = {
  401: "You are signed out. What you typed is still here: sign in in another tab, then press the button again.",
  403: "You may not do this.",
  404: "This is no longer there. A colleague may have moved or removed it.",
  413: "This is too large to be sent.",
  429: "Too many attempts. Please wait a minute.",
};

function toast(text) {
  document.body.dispatchEvent(new CustomEvent("toast", { detail: { toasts: [{ text, tone: "bad" }] } }));
}

// What asks again by itself every second says once that it cannot, in its place, and goes on asking.
function lost(elt) {
  if (!elt?.getAttribute?.("hx-trigger")?.includes("every ")) return false;
  elt.toggleAttribute("data-lost", true);
  return true;
}

document.addEventListener("htmx:responseError", ({ detail: { xhr, elt } }) => {
  const said = elt?.hasAttribute?.("data-lost");
  if (lost(elt) && said) return;
  if ((xhr.getResponseHeader("HX-Trigger") ?? "").includes('"toast"')) return; // the server said it itself
  const number = xhr.getResponseHeader("X-Request-ID");
  toast(SAID[xhr.status] ?? `Something went wrong on our side, and nothing was changed.${number ? ` Number ${number}.` : ""}`);
});
document.addEventListener("htmx:sendError", ({ detail: { elt } }) => lost(elt) || toast("No connection. Nothing was sent, and what you typed is still here."));
document.addEventListener("htmx:timeout", ({ detail: { elt } }) => lost(elt) || toast("This takes too long. What you typed is still here: please try again."));

// A file on its way: how much of it is sent. Where the connection breaks, the file is still chosen and can be sent again.
document.addEventListener("htmx:xhr:progress", ({ target, detail: { loaded, total } }) => {
  const bar = target.querySelector?.("[data-upload-progress]");
  if (!bar || !total) return;
  bar.hidden = false;
  bar.value = (100 * loaded) / total;
});
document.addEventListener("htmx:afterRequest", ({ target }) => {
  const bar = target.querySelector?.("[data-upload-progress]");
  if (bar) bar.hidden = true;
});

// Signing in renews the token against forged requests; a page that was open before goes on with the new one.
document.addEventListener("htmx:configRequest", ({ detail }) => {
  const token = document.cookie.match(/(?:^|; )(?:__Host-)?csrftoken=([^;]+)/)?.[1];
  if (!token || detail.verb === "get") return;
  detail.headers["X-CSRFToken"] = token;
  if (detail.formData.has("csrfmiddlewaretoken")) detail.formData.set("csrfmiddlewaretoken", token);
});

// A thin line on top, but only for what is not there at once.
let running = 0;
let timer;
document.addEventListener("htmx:beforeRequest", () => {
  running += 1;
  timer ??= setTimeout(() => { document.documentElement.dataset.busy = ""; }, 250);
});
document.addEventListener("htmx:afterRequest", () => {
  running = Math.max(running - 1, 0);
  if (running) return;
  clearTimeout(timer);
  timer = undefined;
  delete document.documentElement.dataset.busy;
});

// A form that came back with errors: its summary takes focus, or its first wrong field.
document.addEventListener("htmx:afterSettle", ({ detail: { elt, xhr } }) => {
  if (xhr?.status !== 422) return;
  const place = elt.isConnected ? elt : document;
  (place.querySelector("[data-focus]") ?? place.querySelector("[data-invalid] :is(input, select, textarea)"))?.focus();
});
document.querySelector("[data-focus]")?.focus();

// A part that is drawn anew keeps the keyboard where it was: on the part, when the pressed button went with it.
document.addEventListener("htmx:afterSettle", ({ detail: { elt } }) => {
  if (document.activeElement !== document.body) return;
  const part = elt.matches?.("[data-keep-focus]") ? document.getElementById(elt.getAttribute("id")) : null;
  part?.focus({ preventScroll: true });
});

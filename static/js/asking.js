// An answer given in a lift or a tunnel: it is kept on this device until it has arrived, and sent again by itself.
const form = document.querySelector("[data-look-answer]");
const key = `look:${location.pathname}`;

function read() {
  try { return JSON.parse(sessionStorage.getItem(key)); } catch { return null; }
}

function keep(draft) {
  try { sessionStorage.setItem(key, JSON.stringify(draft)); } catch { /* a browser that keeps nothing */ }
}

function forget() {
  try { sessionStorage.removeItem(key); } catch { /* likewise */ }
}

if (form) {
  const comment = form.elements.comment;
  const said = form.querySelector("[data-look-said]");
  let waiting = null;
  let busy = false;

  async function send(verdict) {
    if (busy) return;
    busy = true;
    waiting = verdict;
    keep({ comment: comment.value, verdict });
    const data = new FormData(form);
    data.set("verdict", verdict);
    try {
      const response = await fetch(form.action, { method: "POST", body: data, redirect: "follow" });
      if (response.status >= 500) throw new TypeError("The server did not answer"); // which passes, like a tunnel
      if (response.ok && response.redirected) {
        forget();
        location.assign(response.url);
        return;
      }
      forget();
      waiting = null;
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      const why = page.querySelector("[role=alert], .tl-errors");
      said.textContent = why ? why.textContent.trim() : "This could not be kept. Load the page again, please.";
    } catch {
      said.textContent = "No connection. Your answer is kept here and sent as soon as there is one.";
    } finally {
      busy = false;
    }
  }

  const draft = read();
  if (draft && draft.comment && !comment.value) comment.value = draft.comment;
  if (draft && draft.verdict) send(draft.verdict);
  comment.addEventListener("input", () => keep({ comment: comment.value }));
  form.addEventListener("submit", (event) => {
    const verdict = event.submitter?.value;
    if (!verdict) return; // without a button the server says what is missing
    event.preventDefault();
    send(verdict);
  });
  window.addEventListener("online", () => waiting && send(waiting));
  setInterval(() => waiting && send(waiting), 8000);
}

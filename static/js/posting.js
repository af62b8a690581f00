// The editor of a posting: the page as candidates see it follows what is typed, marks are put into the text by a button, and
// what is pasted from a document arrives as plain text with its paragraphs, lists and links. Without this file a button shows
// the page, and marks are typed.

const frame = document.querySelector("iframe[data-preview]");
const form = document.getElementById("posting");
const csrf = () => form.elements.csrfmiddlewaretoken.value;

// --- as candidates see it -------------------------------------------------------------------------------------------

let waiting = 0;
let asked = 0;

async function show() {
  const turn = ++asked;
  const response = await fetch(frame.dataset.preview, { method: "POST", body: new FormData(form), headers: { "X-CSRFToken": csrf() } });
  if (!response.ok || turn !== asked) return; // a later one is on its way
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const inside = frame.contentDocument;
  const here = inside?.querySelector("main");
  if (!here) return;
  inside.documentElement.lang = page.documentElement.lang;
  here.replaceWith(inside.adoptNode(page.querySelector("main"))); // the frame keeps its place on the page
}

function soon({ target }) {
  if (target.matches("[data-width]")) return;
  clearTimeout(waiting);
  waiting = setTimeout(show, 600);
}

if (frame) {
  form.addEventListener("input", soon);
  form.addEventListener("change", soon);
  // Nothing in the picture leads away from it.
  const still = () => frame.contentDocument?.addEventListener("click", (event) => { if (event.target.closest("a, button")) event.preventDefault(); });
  frame.addEventListener("load", still);
  still();
}

// What is being written into a message stays: its field is not swapped while it has the focus.
document.addEventListener("htmx:oobBeforeSwap", (event) => {
  if (event.detail.target.contains(document.activeElement)) event.detail.shouldSwap = false;
});

// --- marks ----------------------------------------------------------------------------------------------------------

const bar = document.querySelector("[data-marks]");
const words = bar && document.getElementById(bar.dataset.marks);

function insert(text, from = words.selectionStart, to = words.selectionEnd) {
  words.focus();
  words.setSelectionRange(from, to);
  // The browser's own way, so that undo takes it back; where it is gone, the value is set.
  if (!document.execCommand?.("insertText", false, text)) words.setRangeText(text, from, to, "end");
  words.dispatchEvent(new Event("input", { bubbles: true }));
}

function mark(sign) {
  const { selectionStart: from, selectionEnd: to, value } = words;
  const chosen = value.slice(from, to);
  if (sign === "link") {
    const text = chosen || "words";
    insert(`[${text}](https://)`);
    words.setSelectionRange(from + text.length + 3, from + text.length + 11);
    return;
  }
  const start = value.lastIndexOf("\n", from - 1) + 1;
  const lines = value.slice(start, to).split("\n").map((line) => (line.startsWith(sign) ? line.slice(sign.length) : sign + line));
  insert(lines.join("\n"), start, to);
}

if (bar) {
  bar.hidden = false;
  bar.addEventListener("click", (event) => {
    const button = event.target.closest("[data-mark]");
    if (button) mark(button.dataset.mark);
  });
  words.addEventListener("paste", async (event) => {
    const html = event.clipboardData?.getData("text/html");
    if (!html) return;
    event.preventDefault();
    const plain = event.clipboardData.getData("text/plain");
    const { selectionStart: from, selectionEnd: to } = words;
    try {
      const response = await fetch(bar.dataset.paste, { method: "POST", body: new URLSearchParams({ html }), headers: { "X-CSRFToken": csrf() } });
      insert(response.ok ? await response.text() : plain, from, to);
    } catch {
      insert(plain, from, to);
    }
  });
}

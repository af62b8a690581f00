// The application form: files travel while the rest is filled in, the résumé fills what is empty, and nothing typed gets lost.
// Everything here only helps: without it the same form does the same in one go. The server decides all the same.
import { send, Unwanted } from "./upload.js";

const most = 10 * 1024 * 1024;
const form = document.querySelector("form[data-apply]");
const token = form?.querySelector("[name=csrfmiddlewaretoken]").value;
const status = document.getElementById("status");

function say(words) { // heard, without taking the place of what is seen
  const line = document.createElement("span");
  line.className = "visually-hidden";
  line.textContent = words;
  status?.append(line);
  setTimeout(() => line.remove(), 5000);
}

// Files

const size = (bytes) => bytes < 1024 * 1024 ? `${Math.max(1, Math.round(bytes / 1024))} kB` : `${(bytes / 1024 / 1024).toFixed(1)} MB`;
const under_way = new Map();

function hint(input, words, { bad = false } = {}) {
  const place = document.getElementById(`${input.id}_helptext`);
  place.dataset.usual ??= place.textContent;
  place.textContent = words || place.dataset.usual;
  input.toggleAttribute("aria-invalid", bad);
  input.closest(".tl-field").toggleAttribute("data-invalid", bad);
}

function whatIsWrong(input, file) {
  const kinds = input.accept.split(",");
  if (!kinds.some((kind) => file.name.toLowerCase().endsWith(kind))) return "This kind of file cannot be read. Please choose a PDF, Word or text file.";
  return file.size > most ? "This file is larger than 10 MB. Please choose a smaller one." : "";
}

async function take(input) {
  under_way.get(input)?.abort();
  under_way.delete(input);
  const [file] = input.files;
  if (!file) { hint(input, ""); return; }
  const wrong = whatIsWrong(input, file);
  hint(input, wrong || `${file.name}, ${size(file.size)}`, { bad: Boolean(wrong) });
  const place = input.closest("[data-upload]");
  if (wrong || !place || !form) return;
  const stop = new AbortController();
  under_way.set(input, stop);
  try {
    const key = await send(file, {
      url: form.dataset.uploads, token, signal: stop.signal,
      progress: (part) => hint(input, part < 1 ? `${file.name}: ${Math.round(part * 100)} % is here` : `${file.name} is here`),
      waits: () => hint(input, `${file.name}: the connection broke. It goes on by itself as soon as it is back.`),
    });
    if (stop.signal.aborted) return;
    show(place, file, key);
    input.value = ""; // it is on the other side: the form need not carry it again
    hint(input, "");
    keepSoon();
    if ("reads" in place.dataset) await read(place, key);
  } catch (error) {
    if (stop.signal.aborted) return;
    if (error instanceof Unwanted) { input.value = ""; hint(input, error.message, { bad: true }); }
    else hint(input, `${file.name} is sent with the form.`); // still chosen: the form brings it
  } finally {
    if (under_way.get(input) === stop) under_way.delete(input);
  }
}

function show(place, file, key) {
  place.querySelector("[data-key]").value = key;
  place.querySelector("[data-name]").textContent = file.name;
  state(place, `${size(file.size)}, kept`);
  place.querySelector("[data-kept]").hidden = false;
  const label = place.querySelector("[data-label]");
  label.textContent = label.dataset.again;
}

function state(place, words) { place.querySelector("[data-state]").textContent = words; }

document.addEventListener("change", ({ target }) => { if (target.matches("input[type=file][data-file]")) take(target); });

// What stands in the résumé

async function read(place, key) {
  const url = `${form.dataset.uploads}${key}/reading/`;
  state(place, "Kept. Reading it…");
  let found = { is_over: false, fields: {} };
  try {
    for (let looks = 0; !found.is_over && looks < 40; looks += 1) {
      if (looks) await new Promise((go) => { setTimeout(go, looks < 10 ? 300 : 1000); });
      const answer = await fetch(url, looks ? {} : { method: "POST", headers: { "X-CSRFToken": token } });
      if (!answer.ok) break;
      found = await answer.json();
    }
  } catch { /* the form is filled in by hand */ }
  if (place.querySelector("[data-key]").value !== key) return; // another file since
  const filled = fill(found.fields);
  const words = filled ? `${filled} field${filled === 1 ? "" : "s"} filled below, please check` : "there was nothing to fill in";
  state(place, Object.keys(found.fields).length ? `Read: ${words}` : "Kept. Please fill in the form yourself.");
  say(filled ? `Résumé read. ${words}.` : "Your résumé is kept.");
  keepSoon();
}

function fill(fields) {
  let filled = 0;
  for (const [name, value] of Object.entries(fields)) {
    const fact = form.querySelector(`[data-fact="${CSS.escape(name)}"]`);
    const input = fact?.querySelector("input");
    if (!input || input.value.trim()) continue;
    input.value = value;
    mark(fact, true);
    filled += 1;
  }
  return filled;
}

function mark(fact, on) {
  const origin = fact.querySelector(".tl-origin");
  const input = fact.querySelector("input");
  fact.toggleAttribute("data-read", on);
  origin.hidden = !on;
  const others = (input.getAttribute("aria-describedby") ?? "").split(" ").filter((id) => id && id !== origin.id);
  if (on) others.unshift(origin.id);
  if (others.length) input.setAttribute("aria-describedby", others.join(" "));
  else input.removeAttribute("aria-describedby");
}

// What is typed is kept as it is typed

let due;
let changed = false;
function keepSoon() { changed = true; clearTimeout(due); due = setTimeout(keep, 1500); }

function keep() {
  clearTimeout(due);
  if (!changed || !form) return;
  changed = false;
  const entered = new FormData(form);
  for (const [name, value] of [...entered]) if (value instanceof File) entered.delete(name);
  fetch(form.dataset.keep, { method: "POST", body: entered, keepalive: true }).catch(() => { changed = true; });
}

form?.addEventListener("input", ({ target }) => {
  const fact = target.closest("[data-fact][data-read]");
  if (fact) mark(fact, false); // theirs now
  if (target.type !== "file") keepSoon();
});
form?.addEventListener("submit", () => { clearTimeout(due); changed = false; for (const stop of under_way.values()) stop.abort(); });
addEventListener("pagehide", keep);

// The bookmarklet's window. What it brings waits in this window's own storage, so that signing in in between loses nothing,
// and goes into the form's fields as text. It is never sent by itself: only the name, address and link are looked up.

const KEY = "captured";
const SMALL = "opened-by-bookmarklet";
const LONGEST = { url: 2000, title: 300, text: 4000 };

const text = (value, most) => (typeof value === "string" ? value.replaceAll("\u0000", "").slice(0, most) : "");

function read(raw) {
  try {
    const found = JSON.parse(raw);
    return Object.fromEntries(Object.entries(LONGEST).map(([key, most]) => [key, text(found?.[key], most)]));
  } catch {
    return null; // somebody else's fragment, or none
  }
}

function fragment() {
  try {
    return read(decodeURIComponent(location.hash.slice(1, 40000)));
  } catch {
    return null;
  }
}

function webPage(address) {
  try {
    const page = new URL(address);
    return page.protocol === "https:" || page.protocol === "http:" ? page : null;
  } catch {
    return null;
  }
}

// "(3) Noor Haddad - Data Engineer - Quill Bank | LinkedIn", "noorh (Noor Haddad) · GitHub", "Noor Haddad (@noorh) / X"
export function fromTitle(title) {
  const bare = title.replace(/^\(\d+\+?\)\s*/, "").replace(/\s+[|·/–-]\s+(LinkedIn|GitHub|GitLab|X|Twitter|XING|Facebook|Instagram|Medium|YouTube|Stack Overflow|Kaggle)\s*$/i, "");
  const inside = /^[\w.-]+ \(([^)@]{3,80})\)$/.exec(bare);
  const parts = (inside ? inside[1] : bare).split(/\s+[|·–—-]\s+|:\s+/).map((part) => part.trim()).filter(Boolean);
  const name = (parts[0] ?? "").replace(/\s*\(@[^)]*\)\s*$/, "").replace(/,.*$/, "").trim();
  return { name, headline: parts.slice(1).filter((part) => !/^(profile|about|home)$/i.test(part)).join(", ").slice(0, 200) };
}

const looksLikeName = (words) => words.length <= 60 && /^\p{Lu}[\p{L}'’.-]*(\s+\p{L}[\p{L}'’.-]*){1,4}$/u.test(words);

function fill(form, found) {
  const page = webPage(found.url);
  const put = (name, value) => { if (value && form.elements[name] && !form.elements[name].value) form.elements[name].value = value; };
  const selected = found.text.trim();
  const title = fromTitle(found.title.trim());
  const host = page?.hostname.toLowerCase() ?? "";
  const isNetwork = form.dataset.networks.split(" ").some((known) => host === known || host.endsWith(`.${known}`));
  const address = /[^\s<>()[\]:;,"@]+@[\p{L}\d-]+(\.[\p{L}\d-]+)+/u.exec(selected);
  put("name", looksLikeName(selected) ? selected : title.name);
  put("headline", isNetwork ? title.headline : "");
  put("email", address?.[0]);
  put("link", isNetwork && page ? page.origin + page.pathname + (page.pathname === "/profile.php" ? page.search : "") : "");
  put("text", looksLikeName(selected) ? "" : selected);
  put("page", page?.href);
  const place = document.querySelector(".tl-found-on");
  if (page && place) {
    place.querySelector("b").textContent = host + (page.pathname === "/" ? "" : page.pathname);
    place.hidden = false;
  }
}

const door = document.querySelector("[data-capture-door]");
if (door) {
  const found = fragment();
  if (found) sessionStorage.setItem(KEY, JSON.stringify(found));
  sessionStorage.setItem(SMALL, found ? "yes" : "");
  location.replace(door.href); // the fragment stays behind: not in the history, not with whoever looks over a shoulder
}

const form = document.querySelector("form[data-capture]");
if (form) {
  const found = read(sessionStorage.getItem(KEY) ?? "");
  if (found) fill(form, found);
  if (form.elements.name.value) addEventListener("load", () => document.body.dispatchEvent(new CustomEvent("captured")));
  else form.elements.name.focus();
}

if (document.querySelector("[data-captured]")) sessionStorage.removeItem(KEY);

for (const button of document.querySelectorAll("[data-close-window]")) {
  button.hidden = !sessionStorage.getItem(SMALL); // only the window the bookmarklet opened
  button.addEventListener("click", () => window.close());
}

document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-bookmarklet]")) return;
  event.preventDefault();
  document.querySelector("[data-drag-hint]").textContent = "Drag the button to your bookmarks bar. It works there, on other people’s pages.";
});

// The lists of jobs and the postings. Everything here only helps.

// Filters apply as they are set; the button does the same.
document.addEventListener("change", ({ target }) => {
  const form = target.form;
  if (form?.matches("[data-autosubmit]") && !target.closest("[data-no-autosubmit]")) form.requestSubmit();
});

// Fields that ask for nothing stay out of the address.
document.addEventListener("submit", ({ target }) => {
  if (target.method === "get") for (const field of target.elements) field.disabled = field.name !== "" && field.value === "";
});
addEventListener("pageshow", () => { // back again: they can be asked with
  for (const field of document.querySelectorAll("form[method=get] :disabled")) field.disabled = false;
});

// Where a cache answered, we never saw which site somebody came from: its host goes along to the form, and nothing else of it.
let host = "";
try { host = new URL(document.referrer).hostname; } catch { /* came by themselves */ }
if (host && host !== location.hostname) {
  for (const link of document.querySelectorAll("a[href^='/careers/']")) {
    const to = new URL(link.href);
    if (to.searchParams.has("o") || to.searchParams.has("from")) continue;
    to.searchParams.set("from", host);
    link.href = to;
  }
}

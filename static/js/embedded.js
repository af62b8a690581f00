// The list of jobs in a frame tells the page around it how high it is, if that page asks (static/js/embed.js) and is one of the
// web sites that may show it. Everybody else is told nothing.

const sites = (document.body.dataset.sites ?? "").split(" ").filter(Boolean);
const asked = new Map();

function tell() {
  const height = Math.ceil(document.documentElement.getBoundingClientRect().height);
  for (const [origin, page] of asked) page.postMessage({ throughline: "height", height }, origin);
}

addEventListener("message", ({ origin, source, data }) => {
  if (data?.throughline !== "height?" || source !== parent || !(sites.includes(origin) || origin === location.origin)) return;
  asked.set(origin, source);
  tell();
});

new ResizeObserver(tell).observe(document.documentElement);

// A frame has no place of its own to go to: jobs open in the whole window.
for (const link of document.querySelectorAll("a.tl-job")) link.target = "_top";

// For the web site that shows our list of jobs: fits the height of each such frame to what is in it. Optional; without it the frame
// scrolls. It listens to our own address alone, and reads nothing but a number.
(() => {
  const ours = new URL(document.currentScript.src).origin;
  const frames = () => [...document.querySelectorAll("iframe[data-throughline]")].filter((frame) => new URL(frame.src).origin === ours);

  function ask(frame) {
    frame.contentWindow?.postMessage({ throughline: "height?" }, ours);
  }

  addEventListener("message", ({ origin, source, data }) => {
    if (origin !== ours || data?.throughline !== "height" || !Number.isFinite(data.height)) return;
    const frame = frames().find((one) => one.contentWindow === source);
    if (frame) frame.style.height = `${Math.min(Math.max(data.height, 80), 20000)}px`;
  });

  function begin() {
    for (const frame of frames()) {
      frame.addEventListener("load", () => ask(frame));
      ask(frame);
    }
  }

  if (document.readyState === "loading") addEventListener("DOMContentLoaded", begin);
  else begin();
})();

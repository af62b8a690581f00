// A file travels in pieces (the tus protocol), so that a broken connection costs one piece. `send(file, …)` resolves to the key of
// the whole file, and rejects with a sentence when the server does not want it, or without one when there is no way through.
const PIECE = 256 * 1024;
const PATIENCE = [500, 1000, 2000, 4000, 8000, 8000, 8000];

const pause = (ms) => new Promise((go) => {
  const over = () => { clearTimeout(timer); removeEventListener("online", over); go(); };
  const timer = setTimeout(over, ms);
  addEventListener("online", over); // back on the net: no need to wait any longer
});

class Unwanted extends Error {}

async function ask(url, token, options) {
  const answer = await fetch(url, {
    ...options,
    headers: { "Tus-Resumable": "1.0.0", "X-CSRFToken": token, ...options.headers },
  });
  if (answer.ok || answer.status === 409) return answer;
  if ([413, 422, 429].includes(answer.status)) throw new Unwanted(await answer.text());
  throw new Error(`answered ${answer.status}`);
}

// Try, and try again with longer and longer pauses; what the server said no to is not tried again.
async function patiently(act, { signal, waits }) {
  for (let failed = 0; ; failed += 1) {
    try {
      return await act();
    } catch (error) {
      if (signal?.aborted || error instanceof Unwanted || failed >= PATIENCE.length) throw error;
      waits();
      await pause(PATIENCE[failed]);
      if (signal?.aborted) throw error;
    }
  }
}

export async function send(file, { url, token, signal, progress = () => {}, waits = () => {} }) {
  const name = btoa(String.fromCharCode(...new TextEncoder().encode(file.name)));
  const begun = await patiently(() => ask(url, token, {
    method: "POST", signal, headers: { "Upload-Length": String(file.size), "Upload-Metadata": `filename ${name}` },
  }), { signal, waits });
  const place = begun.headers.get("Location");
  let here = 0;
  let unsure = false; // whether the last piece arrived is the server's to say
  while (here < file.size) {
    here = await patiently(async () => {
      if (unsure) {
        const standing = await ask(place, token, { method: "HEAD", signal });
        unsure = false;
        const known = Number(standing.headers.get("Upload-Offset"));
        if (known !== here) return known;
      }
      unsure = true;
      const answer = await ask(place, token, {
        method: "PATCH", signal, body: file.slice(here, here + PIECE),
        headers: { "Upload-Offset": String(here), "Content-Type": "application/offset+octet-stream" },
      });
      unsure = false;
      return Number(answer.headers.get("Upload-Offset"));
    }, { signal, waits });
    progress(here / file.size);
  }
  return place.split("/").filter(Boolean).pop();
}

export { Unwanted };

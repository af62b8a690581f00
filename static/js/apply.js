// A file that is too large or of a wrong kind is told at once, before it travels. The server decides all the same.
const most = 10 * 1024 * 1024;

document.addEventListener("change", ({ target }) => {
  if (!target.matches("input[type=file][data-file]")) return;
  const [file] = target.files;
  const hint = document.getElementById(`${target.id}_helptext`);
  hint.dataset.usual ??= hint.textContent;
  hint.setAttribute("role", "status");
  const kinds = target.accept.split(",");
  const wrong = file && !kinds.some((kind) => file.name.toLowerCase().endsWith(kind));
  const large = file && file.size > most;
  hint.textContent = wrong ? "This kind of file cannot be read. Please choose a PDF, Word or text file."
    : large ? "This file is larger than 10 MB. Please choose a smaller one."
    : file ? `${file.name}, ${Math.max(1, Math.round(file.size / 1024))} kB` : hint.dataset.usual;
  target.toggleAttribute("aria-invalid", Boolean(wrong || large));
  target.closest(".tl-field").toggleAttribute("data-invalid", Boolean(wrong || large));
});

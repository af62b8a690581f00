// Writing a time of one's own chooses "Another time": <div data-picks="id of the radio"> around the fields.
document.addEventListener("input", ({ target }) => {
  const radio = document.getElementById(target.closest("[data-picks]")?.dataset.picks ?? "");
  if (radio && target.value) radio.checked = true;
});

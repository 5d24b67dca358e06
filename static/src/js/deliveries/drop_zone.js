// The file field takes a dropped file too, and says that the file is on its way once the form is sent.
const zone = document.querySelector("[data-drop-zone]");

if (zone) {
  const input = zone.querySelector("input[type=file]");
  zone.querySelector("[data-drop-help]").hidden = false;
  for (const name of ["dragenter", "dragover"]) {
    zone.addEventListener(name, (event) => {
      event.preventDefault();
      zone.classList.add("over");
    });
  }
  for (const name of ["dragleave", "drop"]) zone.addEventListener(name, () => zone.classList.remove("over"));
  zone.addEventListener("drop", (event) => {
    event.preventDefault();
    if (event.dataTransfer.files.length) input.files = event.dataTransfer.files;
  });
  const form = zone.closest("form");
  form.addEventListener("submit", () => {
    const status = form.querySelector("[data-upload-status]");
    status.textContent = form.dataset.progressText;
    status.hidden = false;
    form.querySelector("button").disabled = true;
  });
  window.addEventListener("pageshow", () => (form.querySelector("button").disabled = false));
}

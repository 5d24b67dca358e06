// A form marked data-auto-submit sends itself when a choice in it changes; its button stays for readers without script.
document.addEventListener("change", (event) => {
  const form = event.target.closest("form[data-auto-submit]");
  if (form && event.target.matches("select, input[type=checkbox], input[type=radio]")) form.requestSubmit();
});

// Empty fields only lengthen the address: leave them out of it.
document.addEventListener("submit", (event) => {
  if (event.target.method !== "get") return;
  const empty = [...event.target.querySelectorAll("input, select")].filter((field) => field.name && !field.value);
  for (const field of empty) field.disabled = true;
  window.addEventListener("pageshow", () => empty.forEach((field) => (field.disabled = false)), { once: true });
});

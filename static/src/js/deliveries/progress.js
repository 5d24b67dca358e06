// What a running check says is read out when it changes, not at every renewal of its panel.
document.addEventListener("htmx:after:swap", () => {
  const region = document.getElementById("said");
  const said = [...document.querySelectorAll("[data-said]")].map((one) => one.dataset.said).join(" ");
  if (region && region.textContent !== said) region.textContent = said;
});

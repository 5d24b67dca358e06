// A mistake of the report fetches its rows the first time it is opened.
import { drawFindings } from "./maps.js";

document.addEventListener("toggle", load, true);

async function load(event) {
  const details = event.target;
  const summary = details.open && details.querySelector("summary[data-load]");
  if (!summary) return;
  const address = summary.dataset.load;
  delete summary.dataset.load;
  const body = details.querySelector("[data-body]");
  body.setAttribute("aria-busy", "true");
  const answer = await fetch(address, { headers: { "HX-Request": "true" } });
  if (answer.ok) body.innerHTML = await answer.text();
  body.removeAttribute("aria-busy");
  body.querySelectorAll("[data-findings-map]").forEach(drawFindings);
}

const asked = location.hash.startsWith("#m-") && document.getElementById(location.hash.slice(1));
if (asked) asked.open = true;

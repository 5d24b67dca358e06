// What the map of any page and the home page around it both do: draw another filter, ask the server for words.
import { featureLayer } from "./vector.js";

/** Draws the layers that are switched on, of another filter, in place of those shown. */
export function showFeatures(view, query = view.query) {
  view.query = query;
  const before = view.layer;
  view.layer = featureLayer(view.settings, query, view.hidden);
  view.layer?.addTo(view.map);
  before?.remove();
}

/** The boxes under the map switch its layers on and off; they are no filter of the page around. */
export function followSwitch(view) {
  const boxes = document.querySelector("[data-map-switch]");
  if (!boxes) return;
  boxes.hidden = false;
  boxes.addEventListener("change", (event) => {
    event.stopPropagation();
    if (event.target.checked) view.hidden.delete(event.target.value);
    else view.hidden.add(event.target.value);
    showFeatures(view);
  });
}

/** HTML of one of our own pages' fragments; a failure is said in words. */
export async function fragment(address, settings) {
  try {
    const answer = await fetch(address, { headers: { "X-Requested-With": "fetch" } });
    if (!answer.ok) throw new Error(String(answer.status));
    return await answer.text();
  } catch {
    return `<p role="alert">${settings.words.failed}</p>`;
  }
}

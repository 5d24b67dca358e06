// What the map of any page and the home page around it both do: draw another filter, ask the server for words.
import { featureLayer } from "./vector.js";

/** Draws the services of another filter in place of those shown. */
export function showFeatures(view, query) {
  if (query === null && !view.settings.lum) return;
  const before = view.layer;
  view.layer = featureLayer(view.settings, query).addTo(view.map);
  before?.remove();
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

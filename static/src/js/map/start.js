// Builds the map of a page from its settings (#map-settings) and, on the home page, keeps filter, list and address in
// step with it.
import L from "./leaflet.js";
import { boundaryLayer, pick, rasterLayer } from "./vector.js";
import { showLabels } from "./labels.js";
import { followPage } from "./page.js";
import { isCell } from "./symbols.js";
import { followSwitch, fragment, showFeatures } from "./view.js";

const read = (id) => JSON.parse(document.getElementById(id)?.textContent ?? "null");

export function startMap() {
  const element = document.getElementById("map");
  const settings = read("map-settings");
  if (!element || !settings) return;
  const frame = JSON.parse(element.dataset.leaflet);
  element.replaceChildren();
  const moves = !window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  const map = L.map(element, {
    fadeAnimation: moves,
    zoomAnimation: moves,
    inertia: moves,
    minZoom: frame.minZoom ?? 8,
    maxZoom: frame.maxZoom ?? 19,
    zoomControl: false,
    attributionControl: false,
    scrollWheelZoom: Boolean(settings.page.address),
  });
  L.control.attribution({ prefix: false }).addTo(map);
  L.control.zoom({ zoomInTitle: settings.words.zoomIn, zoomOutTitle: settings.words.zoomOut }).addTo(map);
  L.control.scale({ imperial: false }).addTo(map);
  map.fitBounds(box(settings.bounds), { animate: false });
  if (settings.basemap) rasterLayer(settings).addTo(map);
  else boundaryLayer(settings).addTo(map);
  showLabels(map, settings.labels);
  const view = { map, settings, layer: null, query: settings.query, hidden: new Set() };
  showFeatures(view);
  followSwitch(view);
  if (settings.shape) showShape(map, settings);
  map.on("click", (event) => answerClick(view, event.latlng));
  map.on("mousemove", pointerFor(view));
  if (settings.page.address) followPage(view);
  window.portalMap = view; // for the tests in tests/browser
}

function box([west, south, east, north]) {
  return [
    [south, west],
    [north, east],
  ];
}

function showShape(map, settings) {
  const style = { color: "#17324d", weight: 3, fillColor: "#06c", fillOpacity: 0.2 };
  L.geoJSON(settings.shape, {
    style,
    interactive: false,
    pointToLayer: (_feature, latlng) =>
      L.marker(latlng, {
        icon: L.divIcon({ className: "selected-pin", iconSize: [34, 34] }),
        interactive: false,
        keyboard: false,
      }),
  }).addTo(map);
}

function answerClick(view, latlng) {
  const found = view.layer && pick(view.layer, latlng);
  if (!found) return;
  if (!found.layer.filters) openPage(view, found, latlng);
  else if (isCell(found.props)) view.map.setView(latlng, Math.min(view.map.getZoom() + 2, 16));
  else (view.select ?? openCard(view))(found.props.id, latlng);
}

/** A service's popup, its words asked of the server. */
function openCard(view) {
  return async (id, latlng) => {
    const popup = L.popup({ minWidth: 220 }).setLatLng(latlng).setContent(view.settings.words.loading).openOn(view.map);
    popup.setContent(await fragment(view.settings.card.replace("ID", id), view.settings));
  };
}

/** The name of a feature of any other layer, and the way to its page where it has one. */
function openPage(view, { layer, props }, latlng) {
  const key = props[layer.key];
  const words = document.createElement(layer.page ? "a" : "span");
  if (layer.page) words.href = layer.page.replace("KEY", encodeURIComponent(key));
  words.textContent = `${layer.short}: ${props.name ?? key}`;
  L.popup().setLatLng(latlng).setContent(words).openOn(view.map);
}

/** The pointer says what can be clicked; at most one pick per frame. */
function pointerFor(view) {
  let waiting = false;
  return (event) => {
    if (waiting || !view.layer) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      view.map.getContainer().classList.toggle("over-feature", Boolean(pick(view.layer, event.latlng)));
    });
  };
}

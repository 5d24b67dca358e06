// The only module that speaks to protomaps-leaflet: layers of vector tiles and the picking of what is under a point.
// Its author calls picking "debug": every use of it stands here, with a test in tests/browser.
import {
  LineSymbolizer,
  PolygonSymbolizer,
  leafletLayer,
} from "../../../../node_modules/protomaps-leaflet/dist/esm/index.js";
import L from "./leaflet.js";
import { serviceSymbolizer, squareSymbolizer } from "./symbols.js";

const PICK_BRUSH = 14;
const NEAR = 11;

/** How each shape of sttm2/layers.py is painted: symbolizers, the lowest first. */
const SHAPES = {
  service: (_drawing, settings) => [serviceSymbolizer(new Map(settings.categories.map((c) => [c.slug, c.color])))],
  square: (drawing) => [squareSymbolizer(drawing)],
  line: (drawing) => [line(drawing)],
  land: (drawing, settings) => [land(settings.within), line(drawing)],
};

function line({ color, width: [far, near] }) {
  return new LineSymbolizer({ color, width: (zoom) => (zoom < NEAR ? far : near) });
}

/** What lies outside `within` (a field and its value) is dimmed. */
function land(within) {
  const inside = (feature) => Object.entries(within).every(([field, value]) => feature.props[field] === value);
  return new PolygonSymbolizer({
    fill: (_zoom, feature) => (inside(feature) ? "#f7f5ee" : "#dfe3e6"),
    perFeature: true,
  });
}

/** Layers of settings.layers as one layer of the map, the first of them on top. */
function painted(settings, layers, { query = "", attribution = "" } = {}) {
  const sources = {};
  const paintRules = [];
  for (const { id, tiles, maxZoom, filters, drawing } of [...layers].reverse()) {
    sources[id] = { url: tiles + (filters && query ? `?${query}` : ""), maxDataZoom: maxZoom };
    for (const symbolizer of SHAPES[drawing.shape](drawing, settings)) {
      paintRules.push({ dataSource: id, dataLayer: id, symbolizer });
    }
  }
  return leafletLayer({ sources, paintRules, labelRules: [], attribution, lang: "it" });
}

/** Our own boundaries as base map. */
export function boundaryLayer(settings) {
  const base = settings.layers.filter((layer) => layer.base);
  return painted(settings, base, { attribution: settings.attribution });
}

/** A base map of the installation's own choice (settings.BASEMAP_URL), under the boundaries' lines. */
export function rasterLayer(settings) {
  return L.tileLayer(settings.basemap, { attribution: settings.attribution, maxZoom: 19 });
}

/** The layers over the base map but the hidden ones, with `pick`; null where none is left. */
export function featureLayer(settings, query, hidden) {
  const shown = settings.layers.filter((layer) => !layer.base && !hidden.has(layer.id));
  return shown.length ? Object.assign(painted(settings, shown, { query }), { shown }) : null;
}

/** The topmost feature under a point of the map: {layer, props} or null. */
export function pick(features, latlng) {
  const found = features.queryTileFeaturesDebug(latlng.lng, latlng.lat, PICK_BRUSH);
  for (const layer of features.shown) {
    const feature = nearest(found.get(layer.id));
    if (feature) return { layer, props: feature.props };
  }
  return null;
}

/** The one drawn last lies on top. */
function nearest(picked) {
  return picked?.length ? picked[picked.length - 1].feature : null;
}

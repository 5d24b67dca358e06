// The only module that speaks to protomaps-leaflet: layers of vector tiles and the picking of what is under a point.
// Its author calls picking "debug": every use of it stands here, with a test in tests/browser.
import {
  LineSymbolizer,
  PolygonSymbolizer,
  leafletLayer,
} from "../../../../node_modules/protomaps-leaflet/dist/esm/index.js";
import L from "./leaflet.js";
import { lumSymbolizer, serviceSymbolizer } from "./symbols.js";

const PICK_BRUSH = 14;

function tiles(settings, layer, query = "") {
  return settings.tiles.replace("{layer}", layer) + (query ? `?${query}` : "");
}

/** Our own boundaries as base map: comuni with thin lines, zones with heavier lines; `settings.zone` or
 * `settings.municipality` is left clear while the rest is dimmed. */
export function boundaryLayer(settings) {
  const inside = (feature) =>
    (!settings.zone || feature.props.zone_slug === settings.zone) &&
    (!settings.municipality || feature.props.istat === settings.municipality);
  return leafletLayer({
    attribution: settings.attribution,
    lang: "it",
    sources: {
      comuni: { url: tiles(settings, "comuni"), maxDataZoom: 13 },
      zone: { url: tiles(settings, "zone"), maxDataZoom: 12 },
    },
    paintRules: [
      {
        dataSource: "comuni",
        dataLayer: "comuni",
        symbolizer: new PolygonSymbolizer({
          fill: (_zoom, feature) => (inside(feature) ? "#f7f5ee" : "#dfe3e6"),
          perFeature: true,
        }),
      },
      {
        dataSource: "comuni",
        dataLayer: "comuni",
        symbolizer: new LineSymbolizer({ color: "#b3b8bd", width: (zoom) => (zoom < 11 ? 0.5 : 1) }),
      },
      {
        dataSource: "zone",
        dataLayer: "zone",
        symbolizer: new LineSymbolizer({ color: "#5b6f82", width: (zoom) => (zoom < 11 ? 1.5 : 2.5) }),
      },
    ],
    labelRules: [],
  });
}

/** A base map of the installation's own choice (settings.BASEMAP_URL), under the boundaries' lines. */
export function rasterLayer(settings) {
  return L.tileLayer(settings.basemap, { attribution: settings.attribution, maxZoom: 19 });
}

/** Services (of a filter) and LUM over the base map, with `pick`. */
export function featureLayer(settings, query) {
  const colors = new Map(settings.categories.map((category) => [category.slug, category.color]));
  const sources = {};
  const paintRules = [];
  if (settings.lum) {
    sources.lum = { url: tiles(settings, "lum"), maxDataZoom: 14 };
    paintRules.push({ dataSource: "lum", dataLayer: "lum", symbolizer: lumSymbolizer });
  }
  if (query !== null) {
    sources.servizi = { url: tiles(settings, "servizi", query), maxDataZoom: 16 };
    paintRules.push({ dataSource: "servizi", dataLayer: "servizi", symbolizer: serviceSymbolizer(colors) });
  }
  return leafletLayer({ sources, paintRules, labelRules: [], attribution: "", lang: "it" });
}

/** What is under a point of the map: {kind: "service" | "cluster" | "lum", props, latlng} or null. */
export function pick(layer, latlng) {
  const found = layer.queryTileFeaturesDebug(latlng.lng, latlng.lat, PICK_BRUSH);
  const service = nearest(found.get("servizi"));
  if (service) return { kind: service.props.n > 1 ? "cluster" : "service", props: service.props, latlng };
  const lum = nearest(found.get("lum"));
  return lum ? { kind: "lum", props: lum.props, latlng } : null;
}

/** The one drawn last lies on top. */
function nearest(picked) {
  return picked?.length ? picked[picked.length - 1].feature : null;
}

// Names of zones (far) and comuni (near) over the base map; for the eyes only, the page's tables carry them too.
import L from "./leaflet.js";

const COMUNI_FROM = 12;

export function showLabels(map, labels) {
  const group = L.layerGroup().addTo(map);
  const draw = () => {
    group.clearLayers();
    const near = map.getZoom() >= COMUNI_FROM;
    const view = map.getBounds();
    for (const [name, lng, lat] of near ? labels.comuni : labels.zone) {
      if (view.contains([lat, lng])) group.addLayer(label(name, lat, lng, near));
    }
  };
  map.on("zoomend moveend", draw);
  draw();
}

function label(name, lat, lng, near) {
  const words = document.createElement("span");
  words.textContent = name;
  words.ariaHidden = "true";
  const icon = L.divIcon({ className: `place-label${near ? " near" : ""}`, html: words, iconSize: null });
  return L.marker([lat, lng], { icon, interactive: false, keyboard: false });
}

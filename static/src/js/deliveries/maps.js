// Small maps: the places of findings, of proposals before and after, and the picker of a place. Our own boundary tiles
// or whatever base map is set are the public map's business; here the outline of the comune is enough.
import L from "leaflet";

const INK = "#17324d";
const DAY = { before: { fillOpacity: 0, dashArray: "4 3" }, after: { fillOpacity: 0.9 } };

function map(element) {
  element.tabIndex = 0;
  const made = L.map(element, { attributionControl: false, scrollWheelZoom: false, zoomControl: true });
  made.setView([45.47, 9.15], 10);
  return made;
}

async function features(address) {
  const answer = await fetch(address, { headers: { Accept: "application/geo+json" } });
  return answer.ok ? (await answer.json()).features : [];
}

function fit(made, layer, maxZoom = 16) {
  const bounds = layer.getBounds();
  if (bounds.isValid()) made.fitBounds(bounds.pad(0.2), { maxZoom, animate: false });
}

// The comune's outline, to see where one is.
function ground(feature, to) {
  if (!feature.properties.outline) return false;
  const style = { color: "#5b6f82", weight: 2, fillColor: "#fff", fillOpacity: 1 };
  L.geoJSON(feature, { style, interactive: false }).addTo(to);
  return true;
}

function dot(feature, style) {
  const [lon, lat] = feature.geometry.coordinates;
  return L.circleMarker([lat, lon], { radius: 7, color: INK, weight: 2, fillColor: "#b02141", ...style });
}

function text(parts) {
  const box = document.createElement("div");
  for (const part of parts.filter(Boolean)) {
    box.append(Object.assign(document.createElement("p"), { textContent: part }));
  }
  return box;
}

export async function drawFindings(element) {
  const made = map(element);
  const group = L.featureGroup().addTo(made);
  for (const found of await features(element.dataset.findingsMap)) {
    if (ground(found, made)) continue;
    const { label, message, code } = found.properties;
    dot(found, { fillOpacity: 0.85 }).bindPopup(text([label ?? code, message])).addTo(group);
  }
  fit(made, group);
}

let desk = null;
async function drawProposals(element) {
  desk ??= { made: map(element), group: L.featureGroup() };
  desk.group.addTo(desk.made).clearLayers();
  const table = document.getElementById("desk");
  const both = new Map();
  for (const found of await features(`${element.dataset.proposalsMap}?${table?.dataset.placesQuery ?? ""}`)) {
    if (ground(found, desk.group)) continue;
    const { proposal, when, label } = found.properties;
    const marker = dot(found, { fillColor: "#06c", ...DAY[when] }).bindPopup(text([label]));
    marker.on("click", () => document.getElementById(`p${proposal}`)?.focus());
    marker.addTo(desk.group);
    both.set(proposal, [...(both.get(proposal) ?? []), marker.getLatLng()]);
  }
  for (const pair of both.values()) {
    if (pair.length === 2) L.polyline(pair, { color: INK, weight: 1 }).addTo(desk.group);
  }
  fit(desk.made, desk.group);
}

// A click on the little map, or Enter at its centre, writes the place into the two fields; typing moves the marker.
function pick(fieldset) {
  const [lon, lat] = ["lon", "lat"].map((name) => fieldset.querySelector(`[data-${name}]`));
  const element = fieldset.appendChild(Object.assign(document.createElement("div"), { className: "findings-map" }));
  const made = map(element);
  const marker = L.circleMarker([45.47, 9.15], { radius: 8, color: INK, fillColor: "#06c", fillOpacity: 0.9 });
  const read = () => {
    const place = [lat, lon].map((field) => Number(field.value.replace(",", ".")));
    if (!lat.value || !lon.value || place.some(Number.isNaN)) return;
    marker.setLatLng(place).addTo(made);
    made.setView(place, 15);
  };
  // An area keeps its outline until somebody says that a point is to stand in its place.
  const tick = fieldset.querySelector("[data-to-point]");
  const open = () => !tick || tick.checked;
  const gate = () => [lon, lat].forEach((field) => (field.readOnly = !open()));
  tick?.addEventListener("change", gate);
  gate();
  const put = (place) => {
    if (!open()) return;
    [lon.value, lat.value] = [place.lng.toFixed(6), place.lat.toFixed(6)];
    byHand(fieldset);
    marker.setLatLng(place).addTo(made);
  };
  made.on("click", ({ latlng }) => put(latlng));
  element.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.target !== element) return;
    event.preventDefault();
    put(made.getCenter());
  });
  const help = fieldset.querySelector("[data-place-help]");
  help.hidden = false;
  element.setAttribute("role", "application");
  element.setAttribute("aria-labelledby", help.id);
  [lon, lat].forEach((field) => field.addEventListener("change", read));
  proposals(fieldset, made, { lon, lat, read });
  let drawn = false;
  const seen = new ResizeObserver(() => {
    made.invalidateSize();
    if (drawn || !element.clientWidth) return;
    drawn = true; // only once somebody looks: a page has ten rows
    drawRow(fieldset.dataset.placePicker, made, marker);
  });
  seen.observe(element);
  read();
}

const chosen = (fieldset) => fieldset.querySelectorAll("[data-place-number]");

// A place that is clicked or typed is by hand, whatever was chosen among the proposals before.
function byHand(fieldset) {
  const none = fieldset.querySelector('.proposals input[value=""]');
  if (none) none.checked = true;
}

// The proposals of a geocoder, numbered on the map as in the list; choosing one writes its place into the fields.
function proposals(fieldset, made, { lon, lat, read }) {
  const group = L.featureGroup().addTo(made);
  const before = [lon.value, lat.value];
  const draw = () => {
    group.clearLayers();
    for (const one of chosen(fieldset)) {
      const { placeLon, placeLat, placeNumber } = one.dataset;
      L.circleMarker([placeLat, placeLon], { radius: 6, color: INK, weight: 2, fillColor: "#fff", fillOpacity: 1 })
        .bindTooltip(placeNumber, { permanent: true, direction: "top" })
        .on("click", (event) => {
          L.DomEvent.stop(event);
          one.checked = true;
          take(one);
        })
        .addTo(group);
    }
    fit(made, group);
  };
  const take = ({ dataset }) => {
    [lon.value, lat.value] = dataset.placeLon ? [dataset.placeLon, dataset.placeLat] : before;
    read();
  };
  fieldset.addEventListener("change", ({ target }) => {
    if (target.type === "radio") take(target);
    else if (target.type !== "checkbox") byHand(fieldset);
  });
  fieldset.addEventListener("htmx:after:swap", draw);
  if (chosen(fieldset).length) draw();
}

const ROW = {
  row: { color: "#06c", weight: 2, fillOpacity: 0.25 },
  other: { color: "#5b6f82", weight: 1, dashArray: "4 3", fillOpacity: 0.1 },
  sent: { color: "#a30d25", weight: 3, dashArray: "8 6", fill: false, interactive: false },
};

// The row's shape over the outline of the comune, those it collides with, and where the findings point.
async function drawRow(address, made, marker) {
  const shapes = L.featureGroup();
  const around = L.featureGroup().addTo(made);
  let nearest = 16;
  for (const found of await features(address)) {
    if (ground(found, around)) continue;
    const { role, label, message } = found.properties;
    const drawn =
      role === "finding"
        ? dot(found, { fillOpacity: 0.9 }).bindPopup(text([message]))
        : L.geoJSON(found, { style: ROW[role], pointToLayer: () => dot(found, { ...ROW[role], radius: 5 }) });
    drawn.addTo(made);
    if (role === "sent") made.getContainer().closest("fieldset").querySelector("[data-map-key]").hidden = false;
    if (label) drawn.bindTooltip(label, { sticky: true });
    if (role !== "other") shapes.addLayer(drawn);
    if (role === "row" && found.geometry.type.endsWith("Polygon")) nearest = 19; // its own size frames an area
  }
  if (made.hasLayer(marker)) shapes.addLayer(marker);
  marker.bringToFront?.();
  fit(made, shapes.getLayers().length ? shapes : around, nearest);
}

document.querySelectorAll("[data-findings-map]").forEach(drawFindings);
document.querySelectorAll("[data-proposals-map]").forEach(drawProposals);
document.querySelectorAll("[data-place-picker]").forEach(pick);
document.addEventListener("htmx:after:swap", () => {
  document.querySelectorAll("[data-proposals-map]").forEach(drawProposals);
});

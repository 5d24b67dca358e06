// The home page: legend and fields filter the map, the list beside it follows the view, selection goes both ways,
// and the address always says what is shown.
import L from "./leaflet.js";
import { fragment, showFeatures } from "./view.js";

const LIST_DELAY = 250;

export function followPage(view) {
  const form = document.querySelector("form[data-map-filter]");
  const list = document.getElementById("in-view-list");
  const page = { ...view, view, form, list, selected: view.settings.page.selected, marker: null, moved: false };
  for (const button of form.querySelectorAll("[data-apply]")) button.hidden = true;
  view.select = (id, latlng) => select(page, id, latlng);
  view.map.on("moveend", () => {
    page.moved = true;
    later(page);
  });
  form.addEventListener("change", (event) => changed(page, event));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    reload(page);
  });
  list.addEventListener("click", (event) => {
    const entry = event.target.closest("a[data-select]");
    if (!entry || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    select(page, entry.dataset.select, null);
  });
  if (page.selected) select(page, page.selected, null);
}

/** Text and dates are sent by their button; choices act at once. A change of place needs the server's new frame. */
function changed(page, event) {
  if (["search", "date"].includes(event.target.type)) return;
  reload(page);
}

/** What the form says, as a query without empty names. */
function query(form) {
  const parts = [...new FormData(form)].filter(([, value]) => value);
  return new URLSearchParams(parts);
}

/** Categories change on the spot; counts, places and words come with the page itself, which keeps its address. */
function reload(page) {
  const asked = query(page.form);
  const address = `${page.settings.page.address}?${asked}`;
  const onlyCategories = without(asked, "category") === without(new URLSearchParams(location.search), "category");
  if (!onlyCategories) {
    location.assign(address);
    return;
  }
  showFeatures(page.view, asked.toString());
  write(page);
  update(page);
}

function without(params, name) {
  const rest = new URLSearchParams(params);
  for (const key of [name, "servizio"]) rest.delete(key);
  rest.sort();
  return rest.toString();
}

/** The address says filter and selection; the view itself is not kept in it. */
function write(page) {
  const params = query(page.form);
  if (page.selected) params.set("servizio", page.selected);
  const tail = params.toString();
  history.replaceState(null, "", tail ? `${page.settings.page.address}?${tail}` : page.settings.page.address);
}

function later(page) {
  clearTimeout(page.timer);
  page.timer = setTimeout(() => update(page), LIST_DELAY);
}

/** The list of what is in view. */
async function update(page) {
  const params = query(page.form);
  const bounds = page.map.getBounds();
  const sides = [bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth()];
  params.set("bbox", sides.map((side) => side.toFixed(5)).join(","));
  const mine = (page.turn = (page.turn ?? 0) + 1);
  page.list.setAttribute("aria-busy", "true");
  const html = await fragment(`${page.settings.page.inView}?${params}`, page.settings);
  if (mine !== page.turn) return;
  const focused = document.activeElement?.dataset?.select;
  page.list.innerHTML = html;
  page.list.setAttribute("aria-busy", "false");
  mark(page);
  if (focused) page.list.querySelector(`[data-select="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
}

/** From the map or from the list: marker, popup, entry, panel, address and a word for those who do not see it. */
async function select(page, id, latlng) {
  page.selected = id;
  write(page);
  const html = await fragment(page.settings.card.replace("ID", encodeURIComponent(id)), page.settings);
  const box = document.createElement("div");
  box.innerHTML = html;
  const card = box.querySelector(".service-card");
  const place = latlng ?? position(card);
  mark(page);
  say(page, card?.querySelector("strong")?.textContent ?? "");
  if (!place) return;
  page.marker?.remove();
  const icon = L.divIcon({ className: "selected-pin", iconSize: [34, 34] });
  const exact = position(card) ?? place;
  page.marker = L.marker(exact, { icon, keyboard: true, title: card?.querySelector("strong")?.textContent ?? id });
  page.marker.addTo(page.map).bindPopup(box, { minWidth: 240, maxWidth: 300 });
  if (!latlng) page.map.setView(exact, Math.max(page.map.getZoom(), 14), { animate: false });
  page.marker.openPopup();
}

function position(card) {
  return card?.dataset.lat ? L.latLng(Number(card.dataset.lat), Number(card.dataset.lng)) : null;
}

function mark(page) {
  for (const entry of page.list.querySelectorAll("li[data-id]")) {
    entry.classList.toggle("selected", entry.dataset.id === page.selected);
    const link = entry.querySelector(".entry");
    if (entry.dataset.id === page.selected) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
}

function say(page, name) {
  document.getElementById("map-status").textContent = page.settings.words.selected.replace("{name}", name);
}

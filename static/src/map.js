// Pages with a map. Leaflet is a global for protomaps-leaflet, which asks for it as one.
import "./js/map/leaflet.js";
import { startMap } from "./js/map/start.js";

startMap();

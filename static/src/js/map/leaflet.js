// Leaflet, also as the global that protomaps-leaflet expects.
import * as L from "../../../../node_modules/leaflet/dist/leaflet-src.esm.js";

window.L = L;
export default L;

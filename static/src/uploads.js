// Pages of deliveries, of the office's desk and of the rule book. Every page works without it, for reading and for acting.
import "htmx.org";
import "./js/uploads/drop_zone.js";
import "./js/uploads/mistakes.js";
import "./js/uploads/desk_keys.js";
import "./js/uploads/maps.js";
import "./js/uploads/progress.js";

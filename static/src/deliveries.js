// Pages of deliveries, of the office's desk and of the rule book.
// Every page works without it, for reading and for acting.
import "htmx.org";
import "./js/deliveries/drop_zone.js";
import "./js/deliveries/finding-groups.js";
import "./js/deliveries/desk_keys.js";
import "./js/deliveries/maps.js";
import "./js/deliveries/progress.js";

// Every page: the plugins of Bootstrap Italia in use and the small behaviours of the frame. Pages work without it.
// The package says its plugins have no side effects, though each listens to the document: naming them keeps them.
import "../../node_modules/bootstrap-italia/dist/plugins/init.js";
import Accordion from "../../node_modules/bootstrap-italia/dist/plugins/accordion.js";
import Alert from "../../node_modules/bootstrap-italia/dist/plugins/alert.js";
import Collapse from "../../node_modules/bootstrap-italia/dist/plugins/collapse.js";
import Dropdown from "../../node_modules/bootstrap-italia/dist/plugins/dropdown.js";
import Modal from "../../node_modules/bootstrap-italia/dist/plugins/modal.js";
import Tab from "../../node_modules/bootstrap-italia/dist/plugins/tab.js";
import "./js/arrival.js";
import "./js/auto_submit.js";
import "./js/copy.js";

window.bootstrap = { Accordion, Alert, Collapse, Dropdown, Modal, Tab };

// The office's desk by keyboard: j and k move, x chooses, a accepts, h holds, r refuses the row that has the
// focus, u takes the last decision back. The place in the list is kept, also when a decided row leaves the filter.
const rows = () => [...document.querySelectorAll("tr[data-proposal]")];
let current = null;
let index = 0;
let onward = 0; // how many rows further the focus goes when the table comes back
let asked = ""; // the decision that waits for its reason
let reasonCode = ""; // the last reason given is offered again
let waiting = null; // keys pressed while the desk answers, each for its own row; null when it does not

const take = (row) => {
  current = row.dataset.proposal;
  index = rows().indexOf(row);
};

document.addEventListener("focusin", (event) => {
  const row = event.target.closest?.("tr[data-proposal]");
  if (row) take(row);
});

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || !document.getElementById("desk")) return;
  if (event.target.matches("#desk-reason, #desk-note")) return answer(event);
  if (event.target.matches("input:not([type=checkbox]), select, textarea")) return;
  if (!ACTS[event.key]) return;
  if (waiting) waiting.push(event.key);
  else if (ACTS[event.key]() === false) return;
  event.preventDefault();
});

const ACTS = {
  j: () => move(1),
  k: () => move(-1),
  x: choose,
  a: accept,
  h: () => ask("held"),
  r: () => ask("refused"),
  u: undo,
};

// A quick hand is ahead of the server: what it pressed meanwhile is done when the answer is there.
function press(button) {
  waiting = [];
  button.click();
}

document.addEventListener("htmx:finally:request", () => {
  const keys = waiting ?? [];
  waiting = null;
  while (keys.length && !waiting) ACTS[keys.shift()]?.();
  waiting?.push(...keys);
});

function here() {
  return rows().find((row) => row.dataset.proposal === current) ?? null;
}

// Past the last row, or before the first, the focus goes to the link of the page that follows.
function move(step) {
  const all = rows();
  if (!all.length) return false;
  const to = here() ? all.indexOf(here()) + step : 0;
  if (all[to]) focus(all[to]);
  else document.querySelector(`#desk .pager [rel=${step > 0 ? "next" : "prev"}]`)?.focus();
}

function focus(row) {
  take(row);
  row.focus({ preventScroll: true });
  row.scrollIntoView({ block: "nearest" });
}

function choose() {
  const box = here()?.querySelector("input[name=p]:not(:disabled)");
  if (!box) return false;
  box.checked = !box.checked;
}

function accept() {
  const button = here()?.querySelector("button[name=one]");
  if (!button) return here() ? move(1) : false;
  onward = 1;
  press(button);
}

// A hold or a refusal needs a reason: with one chosen it is sent, without one the choice takes the focus.
function ask(decision) {
  const row = here();
  const form = document.querySelector("form[data-desk]");
  const box = row?.querySelector("input[name=p]:not(:disabled)");
  if (!box) return false;
  form.querySelectorAll("input[name=p]").forEach((other) => (other.checked = other === box));
  const reason = form.querySelector("[name=reason_code]");
  asked = decision;
  if (reason.value) send();
  else reason.focus();
}

function send() {
  onward = 1;
  press(document.querySelector(`form[data-desk] button[name=decision][value=${asked}]`));
}

// In the reason or the note Enter decides what was asked, Escape goes back to the row.
function answer(event) {
  if (event.key === "Escape" && here()) focus(here());
  else if (event.key === "Enter") {
    event.preventDefault();
    if (asked && document.getElementById("desk-reason").value) send();
  }
}

function undo() {
  const button = document.querySelector("#desk [data-undo]");
  if (!button) return false;
  onward = 0;
  press(button);
}

// After the table was renewed the focus goes on where the work was, and what was done is said.
document.addEventListener("htmx:after:swap", () => {
  asked = "";
  const reason = document.getElementById("desk-reason");
  if (reason) reason.value = reasonCode;
  const told = document.querySelector("#desk [data-told]");
  if (told) document.getElementById("desk-status").textContent = told.textContent;
  const all = rows();
  if (!all.length || current === null) return;
  const at = all.findIndex((row) => row.dataset.proposal === current);
  const to = at < 0 ? index : at + onward; // a row that left made room for the one after it
  onward = 0;
  focus(all[Math.min(to, all.length - 1)]);
});

document.addEventListener("change", (event) => {
  if (event.target.matches("#desk-reason")) reasonCode = event.target.value;
  if (!event.target.matches("[data-select-page]")) return;
  const boxes = event.target.form.querySelectorAll("input[name=p]:not(:disabled)");
  boxes.forEach((box) => (box.checked = event.target.checked));
});

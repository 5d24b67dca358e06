// The office's desk by keyboard: j and k move, a accepts, h holds, r refuses the row that has the focus.
const rows = () => [...document.querySelectorAll("tr[data-proposal]")];
let current = null;

document.addEventListener("focusin", (event) => {
  const row = event.target.closest?.("tr[data-proposal]");
  if (row) current = row.dataset.proposal;
});

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || !document.querySelector("form[data-desk]")) return;
  if (event.target.matches("input:not([type=checkbox]), select, textarea")) return;
  const act = { j: () => move(1), k: () => move(-1), a: accept, h: () => ask("held"), r: () => ask("refused") }[event.key];
  if (act && act() !== false) event.preventDefault();
});

function here() {
  const all = rows();
  return all.find((row) => row.dataset.proposal === current) ?? null;
}

function move(step) {
  const all = rows();
  if (!all.length) return false;
  const at = all.indexOf(here());
  focus(all[Math.min(Math.max(at + step, 0), all.length - 1)] ?? all[0]);
}

function focus(row) {
  current = row.dataset.proposal;
  row.focus();
  row.scrollIntoView({ block: "nearest" });
}

function accept() {
  const button = here()?.querySelector("button[name=one]");
  if (!button) return false;
  after = "next";
  button.click();
}

// A hold or a refusal needs a reason: with one chosen it is sent, without one the choice takes the focus.
function ask(decision) {
  const row = here();
  const form = document.querySelector("form[data-desk]");
  const box = row?.querySelector("input[name=p]:not(:disabled)");
  if (!box) return false;
  form.querySelectorAll("input[name=p]").forEach((other) => (other.checked = other === box));
  const reason = form.querySelector("[name=reason_code]");
  if (!reason.value) reason.focus();
  else {
    after = "next";
    form.querySelector(`button[name=decision][value=${decision}]`).click();
  }
}

// After the table was renewed the focus goes on where the work was, one row further after a decision.
let after = null;
document.addEventListener("htmx:after:swap", () => {
  const all = rows();
  if (!all.length || current === null) return;
  const at = all.findIndex((row) => row.dataset.proposal === current);
  const to = at < 0 ? 0 : at + (after === "next" ? 1 : 0);
  after = null;
  focus(all[Math.min(to, all.length - 1)]);
});

document.addEventListener("change", (event) => {
  if (!event.target.matches("[data-select-page]")) return;
  const boxes = event.target.form.querySelectorAll("input[name=p]:not(:disabled)");
  boxes.forEach((box) => (box.checked = event.target.checked));
});

// A page that answers an act begins where its answer is: what was said, the errors of a form, the first wrong field, a
// verdict. The focus goes there, so that it is read out and the next Tab goes on from it. An address that points at a
// place of its own keeps it.
const answer = location.hash.length < 2 && document.querySelector("[data-arrival], [aria-invalid=true]");
if (answer) answer.focus();

// The skip links leave no trace in the address: a form or a redirect would carry it along, and the focus with it.
document.querySelector(".skiplinks")?.addEventListener("click", (event) => {
  const target = document.querySelector(event.target.closest("a")?.hash || null);
  if (!target) return;
  event.preventDefault();
  target.focus();
});

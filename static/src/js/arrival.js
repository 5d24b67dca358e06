// A page that answers an act begins where its answer is: what was said, the errors of a form, the first wrong field, a
// verdict. The focus goes there, so that it is read out and the next Tab goes on from it. An address that points at a
// place of its own keeps it; `#content` is only what the skip link left in the address of the page before.
const aimed = location.hash.length > 1 && location.hash !== "#content";
const answer = !aimed && document.querySelector("[data-arrival], [aria-invalid=true]");
if (answer) answer.focus();

// Loads the page again every few seconds, but not while somebody is at it: what was opened stays open, and the
// keyboard's focus where it is.
const { seconds } = document.currentScript.dataset;

setInterval(() => {
  const busy = document.querySelector("main details[open], main :focus");
  if (!busy && !document.hidden) location.reload();
}, seconds * 1000);

// The site works without this; it only saves a few clicks.
"use strict";
const print = document.getElementById("afdrukken");
if (print) {
  print.hidden = false;
  print.addEventListener("click", () => window.print());
}
// Somebody who follows a link to a message from far away should see which one it is.
if (location.hash) {
  const target = document.getElementById(location.hash.slice(1));
  if (target) target.tabIndex = -1;
  if (target) target.focus({ preventScroll: true });
}

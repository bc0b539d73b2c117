/* The board of a round: its refreshing rests while the page is hidden, while somebody is in the rows, or has ticked some. */
(function () {
  "use strict";
  document.addEventListener("htmx:beforeRequest", (event) => {
    const rows = event.target;
    if (!rows.matches("[data-poll]")) return;
    const inUse = rows.contains(document.activeElement) || rows.querySelector("input:checked");
    if (document.hidden || inUse) event.preventDefault();
  });
})();

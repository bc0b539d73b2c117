/* Dialogs that stand in the page: [data-dialog="id"] opens, [data-dialog-close] closes, [data-opened] is open at once. */
(function () {
  "use strict";
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-dialog]");
    if (opener) document.getElementById(opener.dataset.dialog).showModal();
    if (event.target.closest("[data-dialog-close]")) event.target.closest("dialog").close();
  });
  for (const dialog of document.querySelectorAll("dialog[data-opened]")) dialog.showModal();
})();

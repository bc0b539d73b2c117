/* What a register knows of an item: taken into an empty cell with one click, and saved like anything typed. */
(function () {
  "use strict";
  if (!window.ReturnForm) return;
  const { form, cellOf, settle } = window.ReturnForm;

  form.addEventListener("click", (event) => {
    const button = event.target.closest("[data-take]");
    if (!button) return;
    const cell = cellOf(button);
    cell.number.value = button.dataset.take;
    button.hidden = true;
    settle(cell);
    cell.number.focus();
  });
})();

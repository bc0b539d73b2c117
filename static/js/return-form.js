/* The form of a park manager: what happens in its cells, and its start with what was left from last time. */
(function () {
  "use strict";
  if (!window.ReturnForm) return;
  const { form, store, same, cellOf, order, edited, settle, sender, showQueue, markCells, countFilled } = window.ReturnForm;

  /* ---- events of the cells ---- */
  form.addEventListener("focusin", (event) => {
    const cell = cellOf(event.target);
    if (!cell || event.target !== cell.number || cell.state === "invalid") return;
    const result = NumberText.read(cell.number.value, { ...cell.spec, decimals: 20 });
    if (result.number) cell.number.value = result.number;
    cell.number.select();
  });

  form.addEventListener("focusout", (event) => {
    const cell = cellOf(event.target);
    if (cell && event.target === cell.number) setTimeout(() => cell.showGrouped());
    if (cell && event.target.dataset.part && cell.state === "editing") settle(cell);
  });

  form.addEventListener("input", (event) => {
    const cell = cellOf(event.target);
    if (!cell || !event.target.dataset.part) return;
    if (event.target === cell.number && cell.number.value.trim()) cell.absence.value = "";
    if (event.target === cell.absence && cell.absence.value) cell.number.value = "";
    edited(cell);
  });

  form.addEventListener("change", (event) => {
    const cell = cellOf(event.target);
    if (cell && event.target.dataset.part) settle(cell);
  });

  form.addEventListener("click", (event) => {
    const toggle = event.target.closest("[data-note-open]");
    if (toggle) cellOf(toggle).openNote(toggle.dataset.noteOpen);
  });

  /* ---- start: what was left from last time goes on top of what the server knows ---- */
  for (const cell of order) {
    const left = store.read(cell.code);
    cell.showGrouped();
    if (left && !same(left, cell.server)) {
      cell.put(left);
      cell.entry = { ...left, ready: false };
      settle(cell);
    } else if (left) store.drop(cell.code);
  }
  markCells();
  countFilled();
  form.classList.add("is-live");
  document.querySelectorAll("[data-without-script]").forEach((part) => { part.hidden = true; });
  window.addEventListener("online", () => { sender.online = true; sender.failures = 0; sender.wake(); });
  window.addEventListener("offline", showQueue);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) sender.resume(); });
  window.addEventListener("focus", () => sender.resume());
  sender.wake();
})();

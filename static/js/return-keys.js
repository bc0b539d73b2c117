/* Keys of the form, as in a spreadsheet: Enter and arrows move, F1 explains, F2 edits in place, Esc and Ctrl+Z take back. */
(function () {
  "use strict";
  if (!window.ReturnForm) return;
  const { form, cellOf, order, announce, say, restore, undo } = window.ReturnForm;

  /* Tab goes from answer to answer; the definition and the tools of a row are reached with the arrow keys. */
  const ASIDE = ".definition > summary, .definition a, .cell-tools .btn";
  for (const aside of form.querySelectorAll("[data-cell]")) for (const stop of aside.querySelectorAll(ASIDE)) stop.tabIndex = -1;

  function stops(cell) {
    return [cell.body.querySelector(".definition > summary"), cell.number, cell.absence, ...cell.body.querySelectorAll(".cell-tools .btn")];
  }

  /** The same column one row up or down. */
  function moveRow(cell, target, step) {
    const usable = order.filter((each) => !each.number.disabled && each.number.offsetParent !== null);
    const next = usable[usable.indexOf(cell) + step];
    if (!next) return false;
    focus(stops(next)[stops(cell).indexOf(target)] || next.number);
    next.body.scrollIntoView({ block: "nearest" });
    return true;
  }

  function moveColumn(cell, target, step) {
    const next = stops(cell)[stops(cell).indexOf(target) + step];
    if (next) focus(next);
    return Boolean(next);
  }

  function focus(target) {
    target.focus();
    if (target.matches("input")) target.select();
  }

  /** Whether an arrow in a number would move between cells: all of it is chosen, or the caret stands at that end. */
  function atEdge(input, step) {
    const whole = input.selectionStart === 0 && input.selectionEnd === input.value.length;
    return whole || (input.selectionStart === input.selectionEnd && input.selectionStart === (step < 0 ? 0 : input.value.length));
  }

  function onArrow(cell, target, key) {
    const [rows, columns] = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[key];
    if (target === cell.comment || target.dataset.mode === "edit") return false;
    if (target === cell.number && columns && !atEdge(target, columns)) return false;
    if (target === cell.absence && rows) return false; // the arrows choose in a list
    return rows ? moveRow(cell, target, rows) : moveColumn(cell, target, columns);
  }

  const actions = {
    Enter(cell, target, event) {
      if (target !== cell.number && target !== cell.absence) return false;
      if (!moveRow(cell, target, event.shiftKey ? -1 : 1)) target.blur();
      return true;
    },
    F1(cell) {
      const definition = cell.body.querySelector(".definition");
      definition.open = !definition.open;
      return true;
    },
    F2(cell, target) {
      if (target !== cell.number) return false;
      target.dataset.mode = "edit";
      target.setSelectionRange(target.value.length, target.value.length);
      return true;
    },
    Escape(cell, target) {
      if (!target.dataset.part) return false;
      delete target.dataset.mode;
      restore(cell);
      if (target === cell.number) target.select();
      return true;
    },
  };

  form.addEventListener("keydown", (event) => {
    const cell = cellOf(event.target);
    if (!cell || event.isComposing || event.altKey || event.target.closest("[data-beside], [data-upload]")) return;
    if ((event.ctrlKey || event.metaKey) && !event.shiftKey && event.key.toLowerCase() === "z") return takeBack(event, cell);
    if (event.ctrlKey || event.metaKey) return;
    const done = event.key in actions ? actions[event.key](cell, event.target, event)
      : event.key.startsWith("Arrow") && onArrow(cell, event.target, event.key);
    if (done) event.preventDefault();
  });
  document.addEventListener("keydown", (event) => {
    if (!event.altKey || event.code !== "KeyN") return;
    event.preventDefault();
    document.querySelector("[data-todo-next]").click();
  });
  form.addEventListener("focusout", (event) => { delete event.target.dataset?.mode; });

  /** While typing, Ctrl+Z is the browser's own; in a settled cell it takes back the last cell that was changed. */
  function takeBack(event, cell) {
    if (cell.state === "editing" || cell.state === "invalid") return;
    event.preventDefault();
    const back = undo();
    if (!back) return;
    back.goTo();
    back.flash();
    announce(`${back.label}: ${say("undone")}`);
  }
})();

/* Keys and pasting in the form, as in a spreadsheet: Enter and arrows move, a column copied from Excel or WPS fills downwards. */
(function () {
  "use strict";
  if (!window.ReturnForm) return;
  const { form, say, element, cellOf, order, settle, restore } = window.ReturnForm;

  function move(cell, part, step) {
    const usable = order.filter((each) => !each[part].disabled && each[part].offsetParent !== null);
    const target = usable[usable.indexOf(cell) + step];
    if (!target) return false;
    target[part].focus();
    if (part === "number") target.number.select();
    target.body.scrollIntoView({ block: "nearest" });
    return true;
  }

  form.addEventListener("keydown", (event) => {
    const cell = cellOf(event.target);
    const part = event.target.dataset.part;
    if (!cell || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Enter" && part !== "comment") {
      event.preventDefault();
      if (part && !move(cell, part, event.shiftKey ? -1 : 1)) event.target.blur();
    } else if (part === "number" && ["ArrowDown", "ArrowUp"].includes(event.key)) {
      event.preventDefault();
      move(cell, part, event.key === "ArrowDown" ? 1 : -1);
    } else if (part === "number" && event.key === "ArrowRight" && event.target.selectionStart === event.target.value.length) {
      event.preventDefault();
      cell.absence.focus();
    } else if (part === "absence" && event.key === "ArrowLeft") {
      event.preventDefault();
      cell.number.focus();
      cell.number.select();
    } else if (event.key === "Escape" && part) {
      event.preventDefault();
      restore(cell);
      if (part === "number") event.target.select();
    }
  });

  form.addEventListener("paste", (event) => {
    if (event.target.dataset.part !== "number") return;
    const lines = event.clipboardData.getData("text").replace(/\r\n?/g, "\n").replace(/\n+$/, "").split("\n");
    const rows = lines.map((line) => line.split("\t"));
    if (rows.length < 2 && rows[0].length < 2) return;
    event.preventDefault();
    const column = numericColumn(rows);
    const start = order.indexOf(cellOf(event.target));
    const before = [];
    rows.forEach((row, index) => {
      const cell = order[start + index];
      const text = (row[column] || "").trim();
      if (!cell || !text) return;
      before.push([cell, cell.taken()]);
      cell.number.value = text;
      cell.absence.value = "";
      settle(cell);
    });
    const left = Math.max(0, start + rows.length - order.length);
    pasted(before, left);
  });

  /** The column with the most numbers, so that copied names to the left do no harm. */
  function numericColumn(rows) {
    const numbers = (column) => rows.filter((row) => /^[+-]?[\d,]*\.?\d+/.test(NumberText.plain(row[column] || ""))).length;
    const columns = [...Array(Math.max(...rows.map((row) => row.length))).keys()];
    return columns.reduce((best, column) => (numbers(column) > numbers(best) ? column : best), 0);
  }

  function pasted(before, left) {
    const bar = document.querySelector("[data-pasted]");
    const undo = element("button", { type: "button", class: "btn btn-sm" }, say("undo"));
    undo.addEventListener("click", () => {
      for (const [cell, values] of before) { cell.put(values); settle(cell); }
      bar.hidden = true;
    });
    bar.replaceChildren(element("span", {}, say("pasted", { n: before.length }) + (left ? say("pasted_left", { n: left }) : "")), undo);
    bar.hidden = false;
  }
})();

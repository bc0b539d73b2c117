/* Pasting a block copied from Excel or WPS: by the names beside the numbers where they are ours, else downwards. */
(function () {
  "use strict";
  if (!window.ReturnForm) return;
  const { form, say, element, cellOf, order, settle } = window.ReturnForm;
  const BLANK = /^(?:[-—–─/\\]*|无|无数据)$/;
  const NUMERIC = /^[+-]?[\d,]*\.?\d+/;

  form.addEventListener("paste", (event) => {
    if (event.target.dataset.part !== "number") return;
    const rows = split(event.clipboardData.getData("text"));
    if (rows.length < 2 && rows[0].length < 2) return;
    event.preventDefault();
    const plan = read(rows, cellOf(event.target));
    const before = plan.places.map(([cell]) => [cell, cell.taken()]);
    for (const [cell, text] of plan.places) {
      cell.number.value = text;
      cell.absence.value = "";
      settle(cell, { undoable: false });
    }
    tell(plan, before);
  });

  /** Rows of cells, as spreadsheets put them on the clipboard: tabs between, quotes around what holds a line break. */
  function split(text) {
    const rows = [[""]];
    let quoted = false;
    const plain = text.replace(/\r\n?/g, "\n").replace(/\n+$/, "");
    for (let i = 0; i < plain.length; i++) {
      const row = rows[rows.length - 1];
      const letter = plain[i];
      if (letter === '"' && quoted && plain[i + 1] === '"') { row[row.length - 1] += '"'; i++; }
      else if (letter === '"' && (quoted || row[row.length - 1] === "")) quoted = !quoted;
      else if (letter === "\t" && !quoted) row.push("");
      else if (letter === "\n" && !quoted) rows.push([""]);
      else row[row.length - 1] += letter;
    }
    return rows.map((row) => row.map((cell) => cell.trim()));
  }

  /** Which text goes to which cell. `skipped` counts rows without a number, `beyond` those past the last cell. */
  function read(rows, start) {
    const named = byName(rows);
    const column = numberColumn(rows, named);
    const head = rows.length > 1 && isHeading(rows[0][column], named && !named.cells[0] && rows[0][named.column]) ? 1 : 0;
    const plan = { places: [], skipped: 0, beyond: 0, unknown: [], named: Boolean(named) };
    const ofBlock = head ? unitIn(rows[0].join(" ")) : "";
    rows.slice(head).forEach((row, index) => {
      const text = withUnit(row, column, named, ofBlock);
      const cell = named ? named.cells[index + head] : order[order.indexOf(start) + index];
      if (BLANK.test(plain(text))) plan.skipped++;
      else if (!cell && named) plan.unknown.push(row[named.column] || text);
      else if (!cell) plan.beyond++;
      else plan.places.push([cell, text]);
    });
    return plan;
  }

  /** A number with the unit that the block names for it; the reader asks when it is not the item's own. */
  function withUnit(row, column, named, ofBlock) {
    const text = row[column] || "";
    if (!named || !/^[+-]?[\d,.]+$/.test(plain(text))) return text;
    const beside = row.find((other, index) => index !== column && index !== named.column && NumberText.isUnit(other));
    return text + (beside || unitIn(row[named.column]) || ofBlock);
  }

  /** The unit in brackets or after 单位： in a name or heading; empty for none. */
  function unitIn(text) {
    const found = /[(（]([^)）]+)[)）]|单位[:：]\s*([^\s,，;；)）]+)/.exec(text || "");
    const unit = found ? found[1] || found[2] : "";
    return NumberText.isUnit(unit) ? unit : "";
  }

  function plain(text) { return NumberText.plain(text || ""); }
  function isNumber(text) { return NUMERIC.test(plain(text)); }

  /** Whether the first row is a heading: words or a period over the numbers, or beside them a name that is no item's. */
  function isHeading(text, unknownName) {
    const answered = BLANK.test(plain(text)) || "absence" in NumberText.read(text || "", { unit: "", decimals: 20, minimum: "", maximum: "" });
    return Boolean(unknownName) || /^(19|20)\d\d年/.test(plain(text)) || (!isNumber(text) && !answered);
  }

  /** An item's name without brackets, units, numbering and marks. */
  function bareName(text) {
    return plain(text).replace(/[（(][^）)]*[）)]/g, "").replace(/^[\d一二三四五六七八九十]+[、.．]/, "").replace(/[*:：“”"《》、,.]/g, "").toLowerCase();
  }

  /** The column that holds names of this form's items, and the cell of each row; null when most rows have none. */
  function byName(rows) {
    const own = new Map(order.map((cell) => [bareName(cell.label), cell]));
    for (const cell of order) own.set(bareName(cell.code), cell);
    const width = Math.max(...rows.map((row) => row.length));
    for (let column = 0; column < width && width > 1; column++) {
      const found = rows.map((row) => own.get(bareName(row[column])));
      const texts = rows.filter((row) => row[column] && !isNumber(row[column])).length;
      if (texts && found.filter(Boolean).length * 2 >= texts) return { column, cells: found };
    }
    return null;
  }

  /** The column of this period when a heading names it, else the first with the most numbers. */
  function numberColumn(rows, named) {
    const columns = [...Array(Math.max(...rows.map((row) => row.length))).keys()].filter((column) => column !== named?.column);
    const numbers = (column) => rows.slice(rows.length > 1 ? 1 : 0).filter((row) => isNumber(row[column])).length;
    const period = columns.find((column) => plain(rows[0][column]).includes(form.dataset.period) && numbers(column));
    return period ?? columns.reduce((best, column) => (numbers(column) > numbers(best) ? column : best), columns[0]);
  }

  function tell(plan, before) {
    const bar = document.querySelector("[data-pasted]");
    const cells = plan.places.map(([cell]) => cell);
    const broken = cells.filter((cell) => cell.state === "invalid").length;
    const words = [
      cells.length ? say(plan.named ? "pasted_named" : "pasted", { n: cells.length, first: cells[0].label, last: cells.at(-1).label }) : say("pasted_none"),
      plan.skipped && say("pasted_skipped", { n: plan.skipped }),
      plan.beyond && say("pasted_left", { n: plan.beyond }),
      plan.unknown.length && say("pasted_unknown", { names: plan.unknown.slice(0, 5).join("、"), n: plan.unknown.length }),
      broken && say("pasted_broken", { n: broken }),
    ];
    const undo = element("button", { type: "button", class: "btn btn-sm" }, say("undo"));
    undo.addEventListener("click", () => {
      for (const [cell, values] of before) { cell.put(values); settle(cell, { undoable: false }); }
      bar.hidden = true;
    });
    const close = element("button", { type: "button", class: "btn btn-sm btn-ghost", "aria-label": say("close") }, "×");
    close.addEventListener("click", () => { bar.hidden = true; });
    bar.replaceChildren(element("span", {}, words.filter(Boolean).join("")), ...(cells.length ? [undo] : []), close);
    bar.hidden = false;
  }
})();

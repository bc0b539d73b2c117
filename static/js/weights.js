/* Sliders for weights: moving one lets the others that are not locked give way in proportion, so that all sum to 100. The server ranks. */
(function () {
  "use strict";
  const form = document.getElementById("weights");
  if (!form) return;
  const LEAST = 1;
  const rows = [...form.querySelectorAll(".weight-slider")].map((row) => ({
    own: Number(row.dataset.own),
    range: row.querySelector('[type="range"]'),
    number: row.querySelector(".weight-number input"),
    lock: row.querySelector('[type="checkbox"]'),
  }));
  rows.forEach((row) => { row.value = Number(row.number.value); });
  const kept = document.getElementById("weights-save");
  const round = (value) => Math.round(value * 100) / 100;

  /* What the others hold makes room for `value`; as far as the locked ones and a least weight let it. */
  function set(row, value) {
    const locked = rows.filter((other) => other !== row && other.lock.checked);
    const free = rows.filter((other) => other !== row && !other.lock.checked);
    const held = locked.reduce((sum, other) => sum + other.value, 0);
    const most = 100 - held - LEAST * free.length;
    row.value = free.length ? round(Math.min(Math.max(value, LEAST), most)) : round(100 - held);
    const rest = round(100 - held - row.value);
    let sum = free.reduce((all, other) => all + other.value, 0);
    let left = rest;
    let open = free.slice();
    /* Those that would fall under the least stay at it; the others share what is left. */
    for (let settled = false; !settled;) {
      settled = true;
      for (const other of open) {
        const share = sum > 0 ? (left * other.value) / sum : left / open.length;
        if (share < LEAST) {
          sum -= other.value;
          left = round(left - LEAST);
          other.next = LEAST;
          open = open.filter((each) => each !== other);
          settled = false;
          break;
        }
        other.next = round(share);
      }
    }
    free.forEach((other) => { other.value = other.next; });
    if (free.length) {
      const total = rows.reduce((all, other) => all + other.value, 0);
      const largest = free.reduce((best, other) => (other.value > best.value ? other : best));
      largest.value = round(largest.value + 100 - total);
    }
    show();
  }

  function show() {
    rows.forEach((row) => {
      row.range.value = row.value;
      row.number.value = row.value.toFixed(2);
      row.range.setAttribute("aria-valuetext", `${row.value.toFixed(2)} %`);
      kept.elements[row.number.name].value = row.value.toFixed(2);
    });
    ask();
  }

  /* Asks at once; what moves while an answer is awaited is asked when it has come, so a drag never queues requests. */
  let awaited = false;
  let moved = false;
  function ask() {
    moved = awaited;
    if (awaited) return;
    awaited = true;
    htmx.trigger(form, "weights");
  }
  form.addEventListener("htmx:afterRequest", () => {
    awaited = false;
    if (moved) ask();
  });

  rows.forEach((row) => {
    row.range.addEventListener("input", () => set(row, Number(row.range.value)));
    row.range.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, PageUp: 5, PageDown: -5 }[event.key];
      if (!step) return;
      event.preventDefault();
      set(row, row.value + step);
    });
    row.number.addEventListener("change", () => {
      const typed = Number(row.number.value.normalize("NFKC"));
      set(row, Number.isFinite(typed) ? typed : row.value);
    });
    row.lock.addEventListener("change", () => { row.range.disabled = row.number.readOnly = row.lock.checked; });
  });
  document.getElementById("weights-reset").addEventListener("click", () => {
    rows.forEach((row) => {
      row.lock.checked = row.range.disabled = row.number.readOnly = false;
      row.value = row.own;
    });
    show();
  });
})();

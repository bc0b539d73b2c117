/* What the server's rules found, marked at its cells; how much is filled; and the bar of what is left to do. */
(function () {
  "use strict";
  if (!window.ReturnForm) return;
  const { form, say, element, icon, cells, order, settle } = window.ReturnForm;
  const panel = document.querySelector("[data-findings-panel]");
  let found = JSON.parse(document.getElementById("return-findings").textContent);

  /** Takes what the server says after a save; whoever is typing in the panel keeps their place. */
  function showFindings(data) {
    const focused = panel.contains(document.activeElement) ? document.activeElement : null;
    const kept = focused && { id: focused.id, value: focused.value, start: focused.selectionStart };
    panel.innerHTML = data.findings_html;
    const again = kept && document.getElementById(kept.id);
    if (again) {
      again.focus({ preventScroll: true });
      if (kept.value !== undefined) { again.value = kept.value; again.setSelectionRange(kept.start, kept.start); }
    }
    if (data.derived_html) document.querySelector("[data-derived]").innerHTML = data.derived_html;
    found = data.findings;
    markCells();
  }

  function markCells() {
    const open = found.filter((finding) => !finding.settled && !finding.missing);
    for (const cell of order) {
      cell.findings = open.filter((finding) => finding.codes.includes(cell.code));
      for (const severity of ["hard", "soft"]) {
        cell.body.classList.toggle(`has-${severity}`, cell.findings.some((finding) => finding.severity === severity));
      }
      cell.body.querySelector("[data-cell-findings]").replaceChildren(...cell.findings.map((finding) => line(cell, finding)));
      cell.showNote();
    }
    showCounts();
  }

  function line(cell, finding) {
    const [tone, sign] = { hard: ["bad", "alert-circle"], soft: ["warn", "alert-triangle"] }[finding.severity] || ["info", "info-circle"];
    const item = element("li", { class: `tone-${tone}` }, icon(sign), finding.message);
    if (finding.suggested && finding.codes[0] === cell.code) item.append(mendButton(cell, finding.suggested));
    return item;
  }

  /** One click for a slip of the unit; the button says what it does to the number. */
  function mendButton(cell, suggested) {
    const bare = (text) => Number(NumberText.plain(text).replace(/,/g, ""));
    const power = Math.round(Math.log10(bare(cell.number.value) / bare(suggested)));
    const times = NumberText.group(String(10 ** Math.abs(power)));
    const key = power > 0 ? "divide" : power < 0 ? "multiply" : "use";
    const button = element("button", { type: "button", class: "btn btn-sm" }, say(key, { times, number: suggested, unit: cell.spec.unit }));
    button.addEventListener("click", () => { cell.number.value = suggested; settle(cell); cell.number.focus(); });
    return button;
  }

  /* ---- how much is filled ---- */
  function countFilled() {
    let filled = 0;
    for (const section of form.querySelectorAll("[data-section]")) {
      const own = order.filter((cell) => section.contains(cell.body));
      const done = own.filter((cell) => cell.filled && cell.state !== "invalid").length;
      filled += done;
      for (const shown of document.querySelectorAll(`[data-section-count="${section.dataset.section}"]`)) {
        shown.textContent = `${done}/${own.length}`;
        shown.closest("[data-section-link]")?.classList.toggle("is-done", done === own.length);
      }
    }
    document.querySelector("[data-filled-bar]").value = filled;
    document.querySelectorAll("[data-filled]").forEach((shown) => { shown.textContent = filled; });
    showCounts();
  }

  /* ---- what is left to do: kinds in the order of their urgency, each with its cells ---- */
  function left() {
    const having = (severity) => order.filter((cell) => cell.findings.some((finding) => finding.severity === severity && finding.codes[0] === cell.code));
    const missing = new Set(found.filter((finding) => finding.missing).flatMap((finding) => finding.codes));
    return {
      mend: [...new Set([...order.filter((cell) => cell.broken), ...having("hard")])],
      missing: order.filter((cell) => missing.has(cell.code) && !cell.filled),
      explain: having("soft"),
      answer: order.filter((cell) => cell.body.querySelector(".thread:not(.is-closed, .is-answered) [data-answer-text]")),
    };
  }

  function steps(kind) {
    const kinds = left();
    const wanted = kind ? kinds[kind] : Object.values(kinds).flat();
    return order.filter((cell) => wanted.includes(cell));
  }

  function showCounts() {
    for (const [kind, own] of Object.entries(left())) {
      const shown = document.querySelector(`[data-todo="${kind}"]`);
      shown.querySelector("b").textContent = own.length;
      shown.classList.toggle("is-clear", !own.length);
      shown.disabled = !own.length;
    }
    const all = steps();
    document.querySelector("[data-todo-next]").disabled = !all.length;
    showPlace(all);
  }

  function showPlace(all) {
    const at = all.indexOf(cells.get(document.activeElement?.closest?.("[data-cell]")?.dataset.cell));
    const place = document.querySelector("[data-todo-place]");
    place.textContent = !all.length ? say("todo_none") : at < 0 ? say("todo_all", { m: all.length }) : say("todo_place", { n: at + 1, m: all.length });
  }

  /** Goes to the next cell of a kind (any, without one) after the one in which one is, and from the last to the first. */
  function goNext(kind) {
    const own = steps(kind);
    if (!own.length) return;
    const here = order.indexOf(cells.get(current));
    const target = own.find((cell) => order.indexOf(cell) > here) || own[0];
    target.goTo();
    if (kind === "answer") target.body.querySelector("[data-answer-text]").focus({ preventScroll: true });
  }

  let current = "";
  document.addEventListener("focusin", (event) => {
    const code = event.target.closest?.("[data-cell]")?.dataset.cell;
    if (code) { current = code; showPlace(steps()); }
  });
  document.addEventListener("click", (event) => {
    const kind = event.target.closest("[data-todo]");
    if (kind) goNext(kind.dataset.todo);
    if (event.target.closest("[data-todo-next]")) goNext();
    const jump = event.target.closest("[data-jump]");
    const cell = jump && cells.get(jump.dataset.jump);
    if (!cell) return;
    event.preventDefault();
    jump.closest("dialog")?.close();
    cell.goTo();
  });

  /* The explanation of a soft finding is the comment of its first cell. */
  document.addEventListener("change", (event) => {
    const cell = cells.get(event.target.dataset?.explains);
    if (!cell) return;
    cell.comment.value = event.target.value;
    settle(cell);
  });

  form.addEventListener("return:counted", countFilled);
  Object.assign(window.ReturnForm, { showFindings, markCells, countFilled });
})();

/* The form of a scheme: sums of weights while one types; a fault's line in the text. The server checks all of it again. */
(function () {
  "use strict";
  const editor = document.getElementById("scheme-editor");
  if (!editor) return;

  /* Full-width digits and thousands are understood, as the server does. */
  const number = (text) => {
    const plain = text.normalize("NFKC").replaceAll(",", "").trim();
    return plain === "" ? null : Number(plain);
  };
  const shown = (value) => String(Math.round(value * 1e6) / 1e6);

  function tell(sum) {
    const inputs = [...editor.querySelectorAll(`[data-group="${CSS.escape(sum.dataset.sum)}"]`)];
    const values = inputs.map((input) => number(input.value));
    const written = values.filter((value) => value !== null);
    let words = "";
    let good = true;
    if (!inputs.length) return;
    if (!written.length) words = sum.dataset.textEqual;
    else if (written.length < values.length) {
      words = sum.dataset.textSome;
      good = false;
    } else {
      const total = written.reduce((all, value) => all + value, 0);
      const goal = number(sum.dataset.goal);
      good = goal === null || Math.abs(total - goal) <= 1e-6;
      words = `${sum.dataset.textSum} ${shown(total)}`;
      if (!good) words += ` · ${sum.dataset.textGoal} ${shown(goal)}`;
    }
    sum.textContent = words;
    sum.classList.toggle("is-wrong", !good);
  }

  const sums = [...editor.querySelectorAll("[data-sum]")];
  sums.forEach(tell);
  editor.addEventListener("input", (event) => {
    const group = event.target.dataset.group;
    if (group) sums.filter((sum) => sum.dataset.sum === group).forEach(tell);
  });

  const source = document.getElementById("scheme-source");
  document.querySelectorAll("[data-line]").forEach((button) => {
    button.addEventListener("click", () => {
      const line = Number(button.dataset.line);
      const lines = source.value.split("\n");
      const start = lines.slice(0, line - 1).reduce((all, text) => all + text.length + 1, 0);
      source.focus();
      source.setSelectionRange(start, start + (lines[line - 1] || "").length);
      source.scrollTop = (line - 4) * parseFloat(getComputedStyle(source).lineHeight);
    });
  });
  document.getElementById("faults")?.focus();
})();

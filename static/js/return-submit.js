/* Handing in: everything is sent first, then the dialog says what would be filed and what stands in the way. */
(function () {
  "use strict";
  const dialog = document.querySelector("[data-submit-dialog]");
  if (!window.ReturnForm || !dialog) return;
  const { element, order, say, sender, news } = window.ReturnForm;

  document.querySelector("[data-submit-open]").addEventListener("click", async (event) => {
    event.preventDefault();
    if (document.activeElement?.dataset?.part) document.activeElement.blur();
    await sender.drained();
    await news.ask();
    const waiting = order.filter((cell) => cell.entry).length;
    const blocked = dialog.querySelector("[data-submit-waiting]");
    blocked.hidden = !waiting;
    blocked.querySelector("[data-n]").textContent = waiting;
    showSummary();
    const open = document.querySelectorAll("[data-findings-panel] [data-jump]:not([data-settled])");
    dialog.querySelector("[data-submit-faults]").hidden = !open.length;
    dialog.querySelector("[data-submit-faults-list]").replaceChildren(...[...open].map(line));
    dialog.querySelector("[data-submit-confirm]").disabled = Boolean(waiting || open.length);
    dialog.showModal();
  });

  /** One thing in the way: of what kind it is, and a link to its cell. */
  function line(jump) {
    const kind = jump.closest(".finding")?.firstElementChild.cloneNode(true) || element("span", { class: "state tone-warn" }, say("missing"));
    return element("li", {}, kind, " ", jump.cloneNode(true));
  }

  dialog.querySelector("[data-submit-close]").addEventListener("click", () => dialog.close());

  function showSummary() {
    const counts = {
      numbers: order.filter((cell) => cell.number.value.trim()).length,
      absences: order.filter((cell) => cell.absence.value).length,
      empty: order.filter((cell) => !cell.filled).length,
      explained: document.querySelectorAll("[data-findings-panel] [data-explained]").length,
    };
    for (const [key, count] of Object.entries(counts)) dialog.querySelector(`[data-sum="${key}"]`).textContent = count;
  }
})();

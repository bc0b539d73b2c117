/* Follows long work: polls data-progress-url ({done, total, text, finished}) and loads the page again when it is finished. */
(function () {
  "use strict";
  const EVERY = 1000;
  const SLOWEST = 15000;

  function follow(box) {
    const bar = box.querySelector("progress");
    const words = box.querySelector(".progress-text");
    let wait = EVERY;
    let timer = 0;

    async function poll() {
      timer = 0;
      if (!box.isConnected || document.hidden) return;
      try {
        const answer = await fetch(box.dataset.progressUrl, { headers: { Accept: "application/json" }, credentials: "same-origin" });
        if (!answer.ok) throw new Error(String(answer.status));
        const state = await answer.json();
        if (state.total) bar.max = state.total;
        bar.value = state.done ?? 0;
        if (words.textContent !== (state.text ?? "")) words.textContent = state.text ?? "";
        if (state.finished) return location.reload();
        wait = EVERY;
      } catch {
        words.textContent = box.dataset.textLost;
        wait = Math.min(wait * 2, SLOWEST);
      }
      timer = setTimeout(poll, wait);
    }

    document.addEventListener("visibilitychange", () => {
      if (!document.hidden && !timer) poll();
    });
    timer = setTimeout(poll, EVERY);
  }

  for (const box of document.querySelectorAll("[data-progress-url]")) follow(box);
})();

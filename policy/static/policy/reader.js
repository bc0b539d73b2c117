/* After a panel has come: mark the provision in the text, bring it into sight, keep keyboard and focus in order. */
(function () {
  "use strict";
  const panel = document.getElementById("provision-panel");
  if (!panel) return;
  const wide = window.matchMedia("(min-width: 992px)");
  const still = window.matchMedia("(prefers-reduced-motion: reduce)");

  function shown() {
    return panel.querySelector(".policy-detail")?.dataset.code || "";
  }

  /** Sheet and top bar cover part of the window: sight is what lies between them. */
  function inSight(element) {
    const box = element.getBoundingClientRect();
    const foot = wide.matches || !shown() ? window.innerHeight : panel.getBoundingClientRect().top;
    return box.top > 70 && box.bottom < foot - 10;
  }

  /** A short way is scrolled, a long one jumped: nobody wants to watch the whole policy fly by. */
  function bring(element) {
    const far = Math.abs(element.getBoundingClientRect().top) > 2 * window.innerHeight;
    element.scrollIntoView({ block: wide.matches ? "center" : "start", behavior: far || still.matches ? "instant" : "smooth" });
  }

  function select(code) {
    for (const mark of document.querySelectorAll(".policy-text .is-selected")) {
      mark.classList.remove("is-selected");
      mark.removeAttribute("aria-current");
    }
    if (!code) return;
    for (const mark of document.querySelectorAll(`.policy-text [data-code="${CSS.escape(code)}"], .policy-text [data-outer~="${CSS.escape(code)}"]`)) {
      mark.classList.add("is-selected");
    }
    const first = document.getElementById(code);
    if (!first) return;
    first.setAttribute("aria-current", "true");
    if (!inSight(first)) bring(first);
  }

  let last = shown();
  document.body.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target !== panel) return;
    const code = shown();
    panel.scrollTop = 0;
    select(code);
    if (!code && last) document.getElementById(last)?.focus({ preventScroll: true });
    last = code;
  });

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, select, textarea")) return;
    const wanted = { Escape: "[data-close]", j: "[rel=next]", k: "[rel=prev]" }[event.key];
    const link = wanted && panel.querySelector(wanted);
    if (link) link.click();
  });

  if (last) select(last);
})();

/* A file beyond the limit is told before it is sent: the server would refuse it, but only after a long wait. */
(() => {
  "use strict";
  for (const form of document.querySelectorAll("[data-upload-form]")) {
    const input = form.querySelector("input[type=file]");
    const problem = form.querySelector("[data-upload-problem]");
    const tooLarge = () => [...input.files].some((file) => file.size > Number(form.dataset.most) * 1024 * 1024);
    const show = () => {
      problem.hidden = !tooLarge();
      problem.textContent = tooLarge() ? form.dataset.tooLarge : "";
    };
    input.addEventListener("change", show);
    form.addEventListener("submit", (event) => {
      if (!tooLarge()) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      show();
    }, true);
  }
})();

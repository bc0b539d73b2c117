/* Small comforts of every page: dismissing, asking first, sending once, copying, choosing columns, the key "/". */
(function () {
  "use strict";
  const text = (name) => document.body.dataset[name] || "";

  /* ---- asking first ---- */
  function ask(question) {
    return new Promise((resolve) => {
      const dialog = document.createElement("dialog");
      dialog.className = "confirm";
      const words = document.createElement("p");
      words.id = "confirm-text";
      words.textContent = question;
      dialog.setAttribute("aria-labelledby", words.id);
      const actions = document.createElement("div");
      actions.className = "form-actions";
      const yes = button(text("textConfirm"), "btn btn-primary", () => dialog.close("yes"));
      const no = button(text("textCancel"), "btn", () => dialog.close(""));
      actions.append(yes, no);
      dialog.append(words, actions);
      dialog.addEventListener("close", () => {
        dialog.remove();
        resolve(dialog.returnValue === "yes");
      });
      document.body.append(dialog);
      dialog.showModal();
    });
  }

  function button(label, css, onClick) {
    const element = document.createElement("button");
    element.type = "button";
    element.className = css;
    element.textContent = label;
    element.addEventListener("click", onClick);
    return element;
  }

  const confirmed = new WeakSet();
  document.addEventListener("click", async (event) => {
    const source = event.target.closest("[data-confirm]");
    if (!source || confirmed.has(source)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    /* What is missing in the form is told before anybody is asked whether to send it. */
    if (source.type === "submit" && source.form && !source.formNoValidate && !source.form.noValidate && !source.form.reportValidity()) return;
    if (!(await ask(source.dataset.confirm))) return source.focus();
    confirmed.add(source);
    source.click();
    confirmed.delete(source);
  }, true);
  document.addEventListener("htmx:confirm", async (event) => {
    if (!event.detail.question) return;
    event.preventDefault();
    if (await ask(event.detail.question)) event.detail.issueRequest(true);
  });

  /* ---- sending once ---- */
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method === "get" || form.method === "dialog" || form.hasAttribute("data-resubmit")) return;
    if (form.matches("[hx-post], [hx-put], [hx-patch], [hx-delete]")) return;
    if (form.getAttribute("aria-busy") === "true") return event.preventDefault();
    form.setAttribute("aria-busy", "true");
    // After this turn, so that the clicked button's own name and value are still sent.
    setTimeout(() => setButtons(form, true));
  });
  window.addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll('form[aria-busy="true"]')) {
      form.removeAttribute("aria-busy");
      setButtons(form, false);
    }
  });
  function setButtons(form, disabled) {
    for (const element of form.elements) if (element.type === "submit") element.disabled = disabled;
  }

  /* ---- clicks ---- */
  document.addEventListener("click", (event) => {
    const dismiss = event.target.closest("[data-dismiss]");
    if (dismiss) dismiss.closest(".notice")?.remove();
    const copy = event.target.closest("[data-copy]");
    if (copy) copyText(copy);
    for (const open of document.querySelectorAll("details.definition[open]")) if (!open.contains(event.target)) open.open = false;
  });

  async function copyText(source) {
    try {
      await navigator.clipboard.writeText(source.dataset.copy);
    } catch { // no clipboard without https: select the text, so that the keyboard copies it
      const shown = source.parentElement.querySelector("code");
      if (shown) getSelection().selectAllChildren(shown);
      return;
    }
    say(text("textCopied"), "ok");
  }

  function say(words, tone) {
    const box = document.createElement("div");
    box.className = `toast-note tone-${tone}`;
    box.setAttribute("role", tone === "bad" ? "alert" : "status");
    document.body.append(box);
    box.textContent = words;
    setTimeout(() => box.remove(), tone === "bad" ? 9000 : 2500);
  }
  for (const failure of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) {
    document.addEventListener(failure, () => say(text("textRequestFailed"), "bad"));
  }

  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-autosubmit]")) event.target.form.requestSubmit();
  });

  /* ---- keyboard ---- */
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") for (const open of document.querySelectorAll("details.definition[open]")) open.open = false;
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("input, textarea, select, [contenteditable]")) return;
    const search = document.querySelector("[data-search], .field-search input");
    if (!search) return;
    event.preventDefault();
    search.focus();
    search.select();
  });

  /* ---- columns ---- */
  function setUpColumns(menu) {
    const table = document.getElementById(menu.dataset.columns);
    if (!table || menu.dataset.ready) return;
    menu.dataset.ready = "yes";
    const key = `portal-columns:${location.pathname}:${menu.dataset.columns}`;
    const boxes = [...menu.querySelectorAll("input[type=checkbox]")];
    let hidden = new Set();
    try { hidden = new Set(JSON.parse(localStorage.getItem(key) || "[]")); } catch { /* nothing remembered */ }
    const show = () => {
      for (const cell of table.querySelectorAll("[data-column]")) cell.hidden = hidden.has(cell.dataset.column);
    };
    for (const box of boxes) {
      box.checked = !hidden.has(box.value);
      box.addEventListener("change", () => {
        hidden = new Set(boxes.filter((other) => !other.checked).map((other) => other.value));
        try { localStorage.setItem(key, JSON.stringify([...hidden])); } catch { /* private window: this page only */ }
        show();
      });
    }
    show();
    document.addEventListener("htmx:afterSwap", show);
  }

  /* ---- side navigation: which sections the reader closed; the one with the present page is always open ---- */
  function setUpSections() {
    const sections = [...document.querySelectorAll(".sidenav-section")];
    const key = "portal-sections-closed";
    let closed = new Set();
    try { closed = new Set(JSON.parse(localStorage.getItem(key) || "[]")); } catch { /* nothing remembered */ }
    for (const section of sections) {
      section.open = !closed.has(section.dataset.section) || section.querySelector("[aria-current]") !== null;
      section.querySelector("summary").addEventListener("click", () => {
        if (section.open) closed.add(section.dataset.section); else closed.delete(section.dataset.section);
        try { localStorage.setItem(key, JSON.stringify([...closed])); } catch { /* private window: this page only */ }
      });
    }
    document.querySelector(".sidenav [aria-current]")?.scrollIntoView({ block: "nearest" });
  }

  function setUp(root) {
    for (const menu of root.querySelectorAll("[data-columns]")) setUpColumns(menu);
  }
  document.addEventListener("DOMContentLoaded", () => { setUpSections(); setUp(document); });
  document.addEventListener("htmx:load", (event) => setUp(event.detail.elt));
})();

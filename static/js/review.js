/* The reviewer's sheet: keys j k q n, and typed reasons that outlive a change of view. */
(function () {
  "use strict";
  const lines = () => [...document.querySelectorAll("[data-line]")];
  const form = document.getElementById("return-form");

  /* ---- keys ---- */
  let current = -1;
  function go(step) {
    const all = lines();
    const at = all.findIndex((line) => line.contains(document.activeElement));
    current = Math.min(Math.max((at >= 0 ? at : current) + step, 0), all.length - 1);
    if (!all[current]) return;
    all[current].focus({ preventScroll: true });
    all[current].scrollIntoView({ block: "center" });
  }
  function ask() {
    const line = lines().find((one) => one.contains(document.activeElement)) || lines()[current];
    const box = (line || document).querySelector("[data-ask]");
    if (!box) return;
    box.open = true;
    box.querySelector("textarea").focus();
  }
  const keys = {
    j: () => go(1),
    k: () => go(-1),
    q: ask,
    n: () => document.querySelector("[data-next]")?.click(),
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
    if (event.target.closest("input, textarea, select, [contenteditable]")) {
      if (event.key === "Escape") event.target.closest("[data-line]")?.focus();
      return;
    }
    if (!keys[event.key]) return;
    event.preventDefault();
    keys[event.key]();
  });

  /* ---- reasons: kept for this return and revision, also while another view is shown ---- */
  if (!form) return;
  const key = form.dataset.drafts;
  let drafts = {};
  try { drafts = JSON.parse(sessionStorage.getItem(key) || "{}"); } catch { /* nothing kept */ }
  const isReason = (field) => field.form === form && field.matches("textarea");
  for (const field of document.querySelectorAll("textarea")) {
    if (!isReason(field)) continue;
    const kept = drafts[field.name];
    if (field.value) drafts[field.name] = { text: field.value, label: field.dataset.reason || "" };
    else if (kept) {
      field.value = kept.text;
      const box = field.closest("details");
      if (box) box.open = true;
    }
  }
  const list = form.querySelector("[data-reason-list]");
  const count = document.querySelector("[data-reason-count]");
  function show() {
    const reasons = Object.entries(drafts).filter(([name]) => name !== "reason");
    list.replaceChildren(...reasons.map(([name, draft]) => {
      const item = document.createElement("li");
      const link = document.createElement("a");
      link.href = `#${name}`;
      link.textContent = draft.label;
      item.append(link, `：${draft.text}`);
      if (!document.querySelector(`textarea[name="${CSS.escape(name)}"]`)) { // its line is not in this view: send it all the same
        const hidden = document.createElement("input");
        hidden.type = "hidden";
        hidden.name = name;
        hidden.value = draft.text;
        item.append(hidden);
      }
      return item;
    }));
    if (count) count.textContent = reasons.length || "";
  }
  show();
  document.addEventListener("input", (event) => {
    const field = event.target;
    if (!isReason(field)) return;
    if (field.value.trim()) drafts[field.name] = { text: field.value, label: field.dataset.reason || "" };
    else delete drafts[field.name];
    try { sessionStorage.setItem(key, JSON.stringify(drafts)); } catch { /* private window: this page only */ }
    show();
  });
})();

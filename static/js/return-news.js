/* Two people in one form: every few seconds the others' cells come in, and who is in which cell. Nothing is written over. */
(function () {
  "use strict";
  if (!window.ReturnForm) return;
  const { form, say, announce, element, icon, cells, order, same, adopt, conflicted, locked, sender, showFindings, countFilled } = window.ReturnForm;
  const SECONDS = 4;
  const SOON = 250; // after a save: the rest of a block may follow
  let since = form.dataset.news;
  let timer = 0;
  let asking = null;

  const news = {
    /** Asks now; resolves when the answer stands in the form. One question at a time. */
    ask() {
      asking = (asking || Promise.resolve()).then(fetchNews).finally(() => { plan(SECONDS * 1000); });
      return asking;
    },
  };

  function plan(delay) {
    clearTimeout(timer);
    if (!document.hidden) timer = setTimeout(news.ask, delay);
  }

  async function fetchNews() {
    const at = document.activeElement?.closest?.("[data-cell]")?.dataset.cell || "";
    try {
      const response = await fetch(`${form.dataset.newsUrl}?${new URLSearchParams({ since, at })}`, {
        credentials: "same-origin", headers: { Accept: "application/json" },
      });
      if (response.redirected || !response.ok) return;
      take(await response.json());
    } catch { /* no connection: the sender tells, and the next round asks again */ }
  }

  function take(data) {
    if (!data.editable) return locked(order.find((cell) => cell.entry) || order[0]);
    showPresent(data.present);
    const all = !data.cells || takeCells(data);
    if (all) since = data.token; // else what a cell on its way had to leave out is asked for again
    if (data.beside) takeBeside(data.beside);
  }

  /** Takes the others' figures; says whether none had to be left out because its cell was on its way to the server. */
  function takeCells(data) {
    const came = [];
    let all = true;
    for (const [code, values] of Object.entries(data.cells)) {
      const cell = cells.get(code);
      if (!cell || values.revision <= cell.revision) continue;
      if (sender.sending.has(code)) all = false;
      else if (cell.entry && !same(cell.entry, values)) conflicted(cell, cell.entry, values);
      else if (!cell.entry) came.push(receive(cell, values));
    }
    for (const input of document.querySelectorAll("[data-return-revision]")) input.value = data.return_revision;
    showFindings(data);
    countFilled();
    if (came.length) announce(say("came", { by: came[0].by, names: came.map((one) => one.label).join("、") }));
    return all;
  }

  /** Somebody else's change of a cell in which nothing is being typed: shown at once, with who and when. */
  function receive(cell, values) {
    adopt(cell, values);
    cell.put(cell.server);
    if (document.activeElement === cell.number) cell.number.select();
    cell.showState("theirs", ` ${values.by} ${values.at}`);
    cell.showChange();
    cell.flash();
    return { by: values.by, label: cell.label };
  }

  function takeBeside(html) {
    for (const cell of cells.values()) {
      const now = html[cell.code] || "";
      if (cell.beside.contains(document.activeElement) || cell.beside.dataset.html === now) continue;
      cell.beside.dataset.html = now;
      cell.beside.innerHTML = now;
      cell.showNote();
    }
    countFilled();
  }

  /* ---- who is here ---- */
  function showPresent(present) {
    const line = document.querySelector("[data-present]");
    line.hidden = !present.length;
    const words = present.map((one) => (cells.has(one.code) ? say("present_at", { name: one.name, label: cells.get(one.code).label }) : say("present", { name: one.name })));
    const text = words.join("；");
    if (line.dataset.text !== text) {
      line.dataset.text = text;
      line.replaceChildren(icon("users"), element("span", {}, text));
    }
    for (const cell of cells.values()) {
      const names = present.filter((one) => one.code === cell.code).map((one) => one.name).join("、");
      const shown = cell.body.querySelector("[data-others]");
      if (shown.textContent !== names) shown.textContent = names;
      cell.body.classList.toggle("has-others", Boolean(names));
    }
  }

  form.addEventListener("return:saved", () => plan(SOON));
  document.addEventListener("visibilitychange", () => plan(0));
  window.addEventListener("online", () => plan(0));
  form.addEventListener("return:locked", () => clearTimeout(timer));
  plan(0);
  window.ReturnForm.news = news;
})();

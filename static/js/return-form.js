/* The form of a park manager: every cell saves itself and loses nothing.
   What is typed goes to localStorage at once and leaves it when the server has answered; so a crash, a lost
   connection or an expired log-in costs no figure. Server's answers: 200 saved, 409 conflict, 422 invalid, 423 locked. */
(function () {
  "use strict";
  if (!window.ReturnForm) return;
  const { form, texts, PARTS, say, element, icon, store, same, cells, cellOf, order } = window.ReturnForm;
  const RETRY_SECONDS = [2, 5, 15, 30, 60];
  const announcer = document.querySelector("[data-announce]");

  function announce(message) { announcer.textContent = message; }

  /* ---- reading what was typed ---- */
  function edited(cell) {
    const entry = { ...cell.taken(), base: cell.entry ? cell.entry.base : cell.revision, at: Date.now(), ready: false };
    cell.entry = entry;
    store.write(cell.code, entry);
    if (cell.state !== "conflict") cell.showState("editing");
  }

  function settle(cell) {
    const now = cell.taken();
    if (cell.state === "conflict") return edited(cell);
    const result = now.absence ? { number: "" } : NumberText.read(now.number, cell.spec);
    if (result.error) return refuse(cell, result);
    if (same({ ...now, number: result.number }, cell.server) && !sender.sending.has(cell.code)) return restore(cell);
    cell.entry = { ...now, number: result.number, base: cell.entry ? cell.entry.base : cell.revision, at: Date.now(), ready: true };
    store.write(cell.code, cell.entry);
    cell.hush();
    cell.showGrouped();
    cell.showChange();
    cell.showState("waiting");
    countFilled();
    sender.wake();
  }

  function refuse(cell, result) {
    edited(cell);
    cell.showState("invalid");
    cell.showChange();
    const buttons = (result.choices || []).map((choice) => [
      say("use", { number: NumberText.group(choice), unit: cell.spec.unit }),
      () => { cell.number.value = choice; settle(cell); cell.number.focus(); },
    ]);
    cell.tell(say(`error_${result.error}`, { ...result.params, unit: cell.spec.unit }), buttons);
    announce(`${cell.label}: ${say(`error_${result.error}`, { ...result.params, unit: cell.spec.unit })}`);
    countFilled();
  }

  function restore(cell) {
    cell.entry = null;
    store.drop(cell.code);
    cell.put(cell.server);
    cell.hush();
    cell.showChange();
    if (cell.filled) cell.showState("saved");
    else clearState(cell);
    countFilled();
  }

  function clearState(cell) {
    delete cell.body.dataset.state;
    cell.stateLine.replaceChildren();
    cell.stateLine.className = "cell-state";
    cell.number.setAttribute("aria-invalid", "false");
  }

  /* ---- sending, one cell at a time, the oldest first ---- */
  const sender = {
    sending: new Set(), busy: false, failures: 0, timer: 0, pause: 0, online: true,

    wake(delay = 0) {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.run(), delay);
      showQueue();
    },

    async run() {
      if (this.busy) return;
      this.busy = true;
      try {
        for (let cell = next(); cell; cell = next()) if (!(await this.send(cell))) break;
      } finally {
        this.busy = false;
        showQueue();
      }
      if (this.pause) this.wake(this.pause);
      this.pause = 0;
      for (const resolve of waiters.splice(0)) resolve();
    },

    async send(cell) {
      const sent = cell.entry;
      const more = ready().length > 1 ? "1" : "";  // the rules are asked once, after the last of a block
      this.sending.add(cell.code);
      cell.showState("saving");
      try {
        const response = await fetch(form.dataset.saveUrl.replace("__code__", cell.code), {
          method: "POST", credentials: "same-origin", keepalive: true,
          headers: { Accept: "application/json", "X-CSRFToken": token() },
          body: new URLSearchParams({ number: sent.number, absence: sent.absence, comment: sent.comment, base_revision: sent.base, more }),
        });
        if (response.redirected || response.status === 401) return this.halt(cell, "login");
        const isJson = (response.headers.get("Content-Type") || "").includes("json");
        if (!isJson) return response.status >= 500 ? this.retry(cell) : this.halt(cell, `refused_${response.status}`);
        this.online = true;
        this.failures = 0;
        answered(cell, sent, response.status, await response.json());
        return true;
      } catch {
        return this.retry(cell);
      } finally {
        this.sending.delete(cell.code);
      }
    },

    /** Not delivered: the cell keeps waiting, and the whole queue tries again later. */
    retry(cell) {
      this.online = false;
      cell.showState("waiting");
      this.pause = 1000 * RETRY_SECONDS[Math.min(this.failures++, RETRY_SECONDS.length - 1)];
      return false;
    },

    halt(cell, key) {
      cell.showState("failed");
      cell.tell(say(texts[key] ? key : "refused"), [[say("try_again"), () => { cell.showState("waiting"); this.wake(); }]], "warn");
      return false;
    },
  };
  const waiters = [];

  function ready() {
    return order.filter((cell) => cell.entry && cell.entry.ready && !["conflict", "failed"].includes(cell.state));
  }

  function next() {
    return ready().sort((left, right) => left.entry.at - right.entry.at)[0];
  }

  function token() {
    const cookie = document.cookie.match(/(?:^|; )csrftoken=([^;]+)/);
    return cookie ? cookie[1] : form.querySelector("[name=csrfmiddlewaretoken]").value;
  }

  function answered(cell, sent, status, data) {
    if (status === 200) return saved(cell, sent, data);
    if (status === 409) return conflicted(cell, sent, data);
    if (status === 423) return locked(cell, data);
    cell.entry = { ...(cell.entry || sent), ready: false };
    store.write(cell.code, cell.entry);
    cell.showState("invalid");
    cell.tell(data.messages || [say("refused")]);
    announce(`${cell.label}: ${(data.messages || []).join(" ")}`);
    countFilled();
  }

  function saved(cell, sent, data) {
    cell.body.dataset.revision = data.revision;
    cell.server = { number: data.number, absence: data.absence, comment: data.comment };
    const newer = cell.entry && cell.entry !== sent;
    if (newer) {
      cell.entry.base = data.revision;
      store.write(cell.code, cell.entry);
    } else {
      cell.entry = null;
      store.drop(cell.code);
      if (!PARTS.some((part) => document.activeElement === cell[part])) cell.put(cell.server);
      cell.showState("saved", ` ${data.at}`);
    }
    if (data.return_revision) {
      for (const input of document.querySelectorAll("[data-return-revision]")) input.value = data.return_revision;
    }
    showFindings(data);
    if (data.derived_html) document.querySelector("[data-derived]").innerHTML = data.derived_html;
    cell.showChange();
    countFilled();
  }

  function conflicted(cell, sent, data) {
    const theirs = data.current;
    if (same(sent, theirs)) return saved(cell, sent, theirs);
    cell.showState("conflict");
    const settleOn = (values) => {
      cell.body.dataset.revision = theirs.revision;
      cell.server = { number: theirs.number, absence: theirs.absence, comment: theirs.comment };
      cell.entry = null;
      delete cell.body.dataset.state;
      cell.put(values);
      settle(cell);
    };
    const mine = sent.number ? NumberText.group(sent.number) : say(`absence_${sent.absence || "none"}`);
    cell.tell(say("conflict", { by: theirs.by, at: theirs.at, theirs: theirs.text, mine }), [
      [say("take_theirs"), () => settleOn(theirs)],
      [say("keep_mine"), () => settleOn(cell.taken())],
    ]);
    announce(`${cell.label}: ${say("state_conflict")}`);
    countFilled();
  }

  function locked(cell, data) {
    for (const each of order) for (const part of PARTS) each[part].disabled = true;
    cell.showState("locked");
    cell.tell((data.messages || []).concat(say("locked")), [[say("reload"), () => location.reload()]]);
  }

  /* ---- findings of the server's rules ---- */
  function showFindings(data) {
    if (!data.findings) return;
    const panel = document.querySelector("[data-findings-panel]");
    const focused = panel.contains(document.activeElement) ? document.activeElement : null;
    const kept = focused && { id: focused.id, value: focused.value, start: focused.selectionStart };
    panel.innerHTML = data.findings_html;
    if (kept && kept.id) {
      const again = document.getElementById(kept.id);
      if (again) {
        again.focus({ preventScroll: true });
        if (kept.value !== undefined) { again.value = kept.value; again.setSelectionRange(kept.start, kept.start); }
      }
    }
    markCells(data.findings);
  }

  function markCells(findings) {
    const open = findings.filter((finding) => !finding.settled && !finding.missing);
    for (const cell of order) {
      const own = open.filter((finding) => finding.codes.includes(cell.code));
      cell.body.classList.toggle("has-hard", own.some((finding) => finding.severity === "hard"));
      cell.body.classList.toggle("has-soft", own.some((finding) => finding.severity === "soft"));
      cell.asksReason = own.some((finding) => finding.severity === "soft");
      cell.body.querySelector("[data-cell-findings]").replaceChildren(...own.map((finding) => findingLine(cell, finding)));
      cell.showNote();
    }
    count("[data-to-mend]", open.length);
    count("[data-required-left]", findings.filter((finding) => finding.missing).length);
  }

  function count(selector, number) {
    for (const shown of document.querySelectorAll(selector)) {
      shown.textContent = number;
      shown.closest("[data-mend-line]").classList.toggle("is-clear", !number);
    }
  }

  function findingLine(cell, finding) {
    const hard = finding.severity === "hard";
    const line = element("li", { class: `tone-${hard ? "bad" : "warn"}` }, icon(hard ? "alert-circle" : "alert-triangle"), finding.message);
    if (finding.suggested && finding.codes[0] === cell.code) {
      const use = element("button", { type: "button", class: "btn btn-sm" }, say("use", { number: finding.suggested, unit: cell.spec.unit }));
      use.addEventListener("click", () => { cell.number.value = finding.suggested; settle(cell); cell.number.focus(); });
      line.append(use);
    }
    return line;
  }

  /* ---- counts and the line about the connection ---- */
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
    const bar = document.querySelector("[data-filled-bar]");
    bar.value = filled;
    document.querySelectorAll("[data-filled]").forEach((shown) => { shown.textContent = filled; });
    showQueue();
  }

  function showQueue() {
    const line = document.querySelector("[data-queue]");
    const waiting = order.filter((cell) => cell.entry && cell.entry.ready).length;
    const broken = order.filter((cell) => ["invalid", "conflict", "failed"].includes(cell.state)).length;
    const offline = !navigator.onLine || !sender.online;
    const [key, sign, tone] = waiting && offline ? ["queue_offline", "plug", "warn"]
      : waiting ? ["queue_sending", "loader-2", "info"]
      : broken ? ["queue_broken", "alert-circle", "bad"]
      : offline ? ["queue_no_network", "plug", "warn"] : ["queue_saved", "circle-check", "ok"];
    line.className = `queue-line tone-${tone}`;
    line.replaceChildren(icon(sign), say(key, { n: waiting || broken }));
  }

  /* ---- events of the cells ---- */
  form.addEventListener("focusin", (event) => {
    const cell = cellOf(event.target);
    if (!cell || event.target !== cell.number || cell.state === "invalid") return;
    const result = NumberText.read(cell.number.value, { ...cell.spec, decimals: 20 });
    if (result.number) cell.number.value = result.number;
    cell.number.select();
  });

  form.addEventListener("focusout", (event) => {
    const cell = cellOf(event.target);
    if (cell && event.target === cell.number) setTimeout(() => cell.showGrouped());
    if (cell && event.target.dataset.part && cell.state === "editing") settle(cell);
  });

  form.addEventListener("input", (event) => {
    const cell = cellOf(event.target);
    if (!cell || !event.target.dataset.part) return;
    if (event.target === cell.number && cell.number.value.trim()) cell.absence.value = "";
    if (event.target === cell.absence && cell.absence.value) cell.number.value = "";
    edited(cell);
  });

  form.addEventListener("change", (event) => {
    const cell = cellOf(event.target);
    if (cell && event.target.dataset.part) settle(cell);
  });

  form.addEventListener("click", (event) => {
    const toggle = event.target.closest("[data-comment-toggle]");
    if (!toggle) return;
    const cell = cellOf(toggle);
    if (cell.body.dataset.open) delete cell.body.dataset.open;
    else cell.body.dataset.open = "1";
    cell.showNote();
    if (cell.body.dataset.open) cell.comment.focus();
  });

  /* The explanation of a soft finding is the comment of its first cell. */
  document.addEventListener("change", (event) => {
    const code = event.target.dataset?.explains;
    if (!code || !cells.has(code)) return;
    cells.get(code).comment.value = event.target.value;
    settle(cells.get(code));
  });

  document.addEventListener("click", (event) => {
    const jump = event.target.closest("[data-jump]");
    const cell = jump && cells.get(jump.dataset.jump);
    if (!cell) return;
    event.preventDefault();
    jump.closest("dialog")?.close();
    cell.body.scrollIntoView({ block: "center", behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth" });
    cell.number.focus({ preventScroll: true });
  });

  /* ---- handing in ---- */
  const dialog = document.querySelector("[data-submit-dialog]");
  document.querySelector("[data-submit-open]")?.addEventListener("click", async (event) => {
    event.preventDefault();
    if (document.activeElement?.dataset?.part) document.activeElement.blur();
    if (next()) await new Promise((resolve) => { waiters.push(resolve); sender.wake(); });
    const waiting = order.filter((cell) => cell.entry).length;
    const blocked = dialog.querySelector("[data-submit-waiting]");
    blocked.hidden = !waiting;
    blocked.querySelector("[data-n]").textContent = waiting;
    showSummary();
    const open = document.querySelectorAll("[data-findings-panel] [data-jump]:not([data-settled])");
    dialog.querySelector("[data-submit-faults]").hidden = !open.length;
    dialog.querySelector("[data-submit-faults-list]").replaceChildren(...[...open].map((jump) => element("li", {}, jump.cloneNode(true))));
    dialog.querySelector("[data-submit-confirm]").disabled = Boolean(waiting || open.length);
    dialog.showModal();
  });

  dialog?.querySelector("[data-submit-close]").addEventListener("click", () => dialog.close());

  function showSummary() {
    const counts = {
      numbers: order.filter((cell) => cell.number.value.trim()).length,
      absences: order.filter((cell) => cell.absence.value).length,
      empty: order.filter((cell) => !cell.filled).length,
      explained: document.querySelectorAll("[data-findings-panel] [data-explained]").length,
    };
    for (const [key, count] of Object.entries(counts)) dialog.querySelector(`[data-sum="${key}"]`).textContent = count;
  }

  /* ---- start: what was left from last time goes on top of what the server knows ---- */
  for (const cell of order) {
    const left = store.read(cell.code);
    cell.showGrouped();
    if (left && !same(left, cell.server)) {
      cell.put(left);
      cell.entry = { ...left, ready: false };
      settle(cell);
    } else if (left) store.drop(cell.code);
  }
  markCells(JSON.parse(document.getElementById("return-findings").textContent));
  countFilled();
  form.classList.add("is-live");
  document.querySelectorAll("[data-without-script]").forEach((part) => { part.hidden = true; });
  window.addEventListener("online", () => { sender.online = true; sender.failures = 0; sender.wake(); });
  window.addEventListener("offline", showQueue);
  document.addEventListener("visibilitychange", () => sender.wake());
  window.ReturnForm.settle = settle;
  window.ReturnForm.restore = restore;
  sender.wake();
})();

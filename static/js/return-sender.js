/* Saving cells, one request each, the oldest first; nothing typed is lost.
   What is typed goes to localStorage at once and leaves it when the server has answered; so a crash, a lost
   connection or an expired log-in costs no figure. Server's answers: 200 saved, 409 conflict, 422 invalid, 423 locked. */
(function () {
  "use strict";
  if (!window.ReturnForm) return;
  const { form, texts, PARTS, say, announce, element, icon, store, same, token, order } = window.ReturnForm;
  const RETRY_SECONDS = [2, 5, 15, 30, 60];
  const undone = []; // what Ctrl+Z brings back, the newest last

  function tellAll(name) { form.dispatchEvent(new CustomEvent(name)); }

  /* ---- from typing to waiting ---- */
  function edited(cell) {
    const entry = { ...cell.taken(), base: cell.entry ? cell.entry.base : cell.revision, at: Date.now(), ready: false };
    cell.entry = entry;
    store.write(cell.code, entry);
    if (cell.state !== "conflict") cell.showState("editing");
  }

  function settle(cell, { undoable = true } = {}) {
    if (cell.state === "conflict") return edited(cell);
    const result = cell.absence.value ? { number: "" } : NumberText.read(cell.number.value, cell.spec);
    if (result.error) return refuse(cell, result);
    if (result.absence) cell.put({ number: "", absence: result.absence });
    const now = { ...cell.taken(), number: result.number || "" };
    if (same(now, cell.server) && !sender.sending.has(cell.code)) return restore(cell);
    if (undoable) undone.push([cell, cell.server]);
    cell.entry = { ...now, base: cell.entry ? cell.entry.base : cell.revision, at: Date.now(), ready: true };
    store.write(cell.code, cell.entry);
    cell.hush();
    cell.showGrouped();
    cell.showChange();
    cell.showState("waiting");
    tellAll("return:counted");
    sender.wake();
  }

  function refuse(cell, result) {
    edited(cell);
    cell.showState("invalid");
    cell.showChange();
    const use = (choice) => () => { cell.number.value = choice; settle(cell); cell.number.focus(); };
    const choices = result.error === "blank" ? ["0"] : result.choices || [];
    const buttons = choices.map((choice) => [say("use", { number: NumberText.group(choice), unit: cell.spec.unit }), use(choice)]);
    if (result.error === "blank") {
      const reasons = [...cell.absence.options].filter((option) => option.value);
      buttons.unshift(...reasons.map((option) => [option.text, use(option.text)]));
    }
    const words = say(`error_${result.error}`, { ...result.params, unit: cell.spec.unit });
    cell.tell(words, buttons);
    announce(`${cell.label}: ${words}`);
    tellAll("return:counted");
  }

  function restore(cell) {
    store.drop(cell.code, cell.entry);
    cell.entry = null;
    cell.put(cell.server);
    cell.hush();
    cell.showChange();
    if (cell.filled) cell.showState("saved");
    else cell.clearState();
    tellAll("return:counted");
  }

  /** Takes the last change back: the cell holds again what was saved before it. */
  function undo() {
    const last = undone.pop();
    if (!last) return null;
    const [cell, values] = last;
    cell.put(values);
    settle(cell, { undoable: false });
    return cell;
  }

  /* ---- sending ---- */
  const waiters = [];
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
      this.sending.add(cell.code);
      cell.showState("saving");
      try {
        const response = await fetch(form.dataset.saveUrl.replace("__code__", cell.code), {
          method: "POST", credentials: "same-origin", keepalive: true,
          headers: { Accept: "application/json", "X-CSRFToken": token() },
          body: new URLSearchParams({ number: sent.number, absence: sent.absence, comment: sent.comment, base_revision: sent.base }),
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

    /** Refused as a whole: nothing more is sent until one has logged in again, or tries again. */
    halt(cell, key) {
      const buttons = [[say("try_again"), () => this.resume()]];
      if (key === "login") buttons.unshift([say("log_in"), () => window.open(form.dataset.loginUrl)]);
      cell.showState("failed");
      cell.tell(say(texts[key] ? key : "refused"), buttons, "warn");
      tellAll("return:counted");
      return false;
    },

    resume() {
      for (const cell of order.filter((each) => each.state === "failed")) {
        cell.hush();
        cell.showState("waiting");
      }
      this.wake();
    },

    /** Resolves when everything that can be sent has been sent, or sending has failed. */
    drained() {
      if (!next()) return Promise.resolve();
      return new Promise((resolve) => { waiters.push(resolve); this.wake(); });
    },
  };

  function next() {
    const ready = order.filter((cell) => cell.entry && cell.entry.ready && !["conflict", "failed"].includes(cell.state));
    return ready.sort((left, right) => left.entry.at - right.entry.at)[0];
  }

  /* ---- the server's answers ---- */
  function answered(cell, sent, status, data) {
    if (status === 200) return saved(cell, sent, data);
    if (status === 409) return conflicted(cell, sent, data.current);
    if (status === 423) return locked(cell, data.messages);
    cell.entry = { ...(cell.entry || sent), ready: false };
    store.write(cell.code, cell.entry);
    cell.showState("invalid");
    cell.tell(data.messages || [say("refused")]);
    announce(`${cell.label}: ${(data.messages || []).join(" ")}`);
    tellAll("return:counted");
  }

  function adopt(cell, values) {
    cell.revision = values.revision;
    cell.server = { number: values.number, absence: values.absence, comment: values.comment };
  }

  function saved(cell, sent, data) {
    adopt(cell, data);
    const newer = cell.entry && cell.entry !== sent;
    if (newer) {
      cell.entry.base = data.revision;
      store.write(cell.code, cell.entry);
    } else {
      store.drop(cell.code, sent);
      cell.entry = null;
      if (!cell.focused) cell.put(cell.server);
      cell.showState("saved", ` ${data.at}`);
      announce(`${cell.label}: ${say("state_saved")}`);
    }
    cell.showChange();
    tellAll("return:counted");
    tellAll("return:saved");
  }

  /** Somebody else changed the cell meanwhile: both figures are shown, one chooses; nothing is written over. */
  function conflicted(cell, sent, theirs) {
    if (same(sent, theirs)) return saved(cell, sent, theirs);
    cell.showState("conflict");
    const settleOn = (values) => {
      adopt(cell, theirs);
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
    tellAll("return:counted");
  }

  function locked(cell, messages = []) {
    for (const each of order) {
      for (const part of PARTS) each[part].disabled = true;
      if (!each.entry) each.showState("locked");
    }
    cell.showState("locked");
    cell.tell(messages.concat(say("locked")), [[say("reload"), () => location.reload()]]);
    announce(say("locked"));
    tellAll("return:locked");
  }

  /* ---- the line about the connection ---- */
  function showQueue() {
    const line = document.querySelector("[data-queue]");
    const waiting = order.filter((cell) => cell.entry?.ready && !cell.broken).length;
    const broken = order.filter((cell) => cell.broken).length;
    const offline = !navigator.onLine || !sender.online;
    const [key, sign, tone] = waiting && offline ? ["queue_offline", "plug", "warn"]
      : waiting ? ["queue_sending", "loader-2", "info"]
      : broken ? ["queue_broken", "alert-circle", "bad"]
      : offline ? ["queue_no_network", "plug", "warn"] : ["queue_saved", "circle-check", "ok"];
    line.className = `queue-line tone-${tone}`;
    line.replaceChildren(icon(sign), element("span", {}, say(key, { n: waiting || broken })));
  }
  form.addEventListener("return:counted", showQueue);

  Object.assign(window.ReturnForm, { edited, settle, restore, undo, adopt, conflicted, locked, sender, showQueue });
})();

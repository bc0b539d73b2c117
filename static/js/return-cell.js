/* One cell of a return's form: number, absence, comment, how it stands; and what waits in the browser to be sent. */
window.ReturnForm = (function () {
  "use strict";
  const form = document.querySelector("form[data-return]");
  if (!form) return null;
  const texts = JSON.parse(document.getElementById("return-texts").textContent);
  NumberText.learn(JSON.parse(document.getElementById("return-reading").textContent));
  const PARTS = ["number", "absence", "comment"];
  const ICONS = {
    saved: "check", saving: "loader-2", waiting: "hourglass-empty", editing: "pencil", theirs: "user",
    invalid: "alert-circle", conflict: "git-compare", failed: "alert-triangle", locked: "lock",
  };
  const announcer = document.querySelector("[data-announce]");

  function say(key, params = {}) {
    return (texts[key] || key).replace(/\{(\w+)\}/g, (whole, name) => (name in params ? params[name] : whole));
  }

  function announce(message) { announcer.textContent = message; }

  function element(tag, attributes = {}, ...children) {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    made.append(...children);
    return made;
  }

  function icon(name) {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    svg.setAttribute("class", name === "loader-2" ? "icon spin" : "icon");
    svg.setAttribute("aria-hidden", "true");
    const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
    use.setAttribute("href", `${form.dataset.icons}#${name}`);
    svg.append(use);
    return svg;
  }

  function same(left, right) {
    const bare = (values) => NumberText.read(values.number || "", { unit: "", decimals: 20, minimum: "", maximum: "" }).number;
    return left.absence === right.absence && left.comment.trim() === right.comment.trim() && bare(left) === bare(right);
  }

  /** The token against forged requests, read anew each time: a new log-in in another window changes it. */
  function token() {
    const cookie = document.cookie.match(/(?:^|; )csrftoken=([^;]+)/);
    return cookie ? cookie[1] : form.querySelector("[name=csrfmiddlewaretoken]").value;
  }

  /* ---- what waits to be sent, one key for each cell; a window only ever takes away what it put there itself ---- */
  const store = {
    prefix: `yuanqu-return:${form.dataset.key}:`,
    read(code) {
      try { return JSON.parse(localStorage.getItem(this.prefix + code)); } catch { return null; }
    },
    write(code, entry) {
      try { localStorage.setItem(this.prefix + code, JSON.stringify(entry)); } catch { /* private window: memory only */ }
    },
    drop(code, entry) {
      if (entry && this.read(code)?.at > entry.at) return;
      try { localStorage.removeItem(this.prefix + code); } catch { /* nothing was stored */ }
    },
  };

  /* ---- one cell: number, absence, comment ---- */
  class Cell {
    constructor(body) {
      this.body = body;
      this.code = body.dataset.cell;
      this.spec = {
        unit: body.dataset.unit, stored: body.dataset.stored, decimals: Number(body.dataset.decimals),
        minimum: body.dataset.minimum, maximum: body.dataset.maximum,
      };
      for (const part of PARTS) this[part] = body.querySelector(`[data-part="${part}"]`);
      this.stateLine = body.querySelector("[data-state-line]");
      this.note = body.querySelector("[data-note]");
      this.message = body.querySelector("[data-message]");
      this.beside = body.querySelector("[data-beside]");
      this.addTools();
      this.change = body.querySelector("[data-change]");
      this.entry = null;
      this.findings = [];
      this.server = this.taken();
    }

    /** The tools of a row work with the script alone, so the page brings them once. */
    addTools() {
      const tools = document.querySelector("[data-cell-tools]").content.cloneNode(true);
      for (const button of tools.querySelectorAll("button")) {
        button.setAttribute("aria-controls", this.note.id);
        button.setAttribute("aria-label", say(`tool_${button.dataset.noteOpen}`, { name: this.label }));
      }
      this.body.querySelector(".cell-tools").prepend(tools);
    }

    /** Where files are chosen for this cell: made when it is first needed. */
    get upload() {
      let box = this.note.querySelector("[data-upload]");
      if (!box) {
        box = document.querySelector("[data-cell-upload]").content.firstElementChild.cloneNode(true);
        box.dataset.upload = form.dataset.evidenceUrl.replace("__code__", this.code);
        box.querySelector("[data-without-script]").remove();
        box.querySelector("input").setAttribute("aria-label", say("tool_files", { name: this.label }));
        this.beside.after(box);
      }
      return box;
    }

    get revision() { return Number(this.body.dataset.revision); }
    set revision(number) { this.body.dataset.revision = number; }
    get label() { return this.body.dataset.label; }
    get state() { return this.body.dataset.state; }
    get filled() { return Boolean(this.number.value.trim() || this.absence.value); }
    get broken() { return ["invalid", "conflict", "failed"].includes(this.state); }
    get focused() { return PARTS.some((part) => document.activeElement === this[part]); }

    taken() {
      return { number: this.number.value, absence: this.absence.value, comment: this.comment.value };
    }

    put(values) {
      for (const part of PARTS) if (part in values) this[part].value = values[part];
      this.showGrouped();
    }

    showGrouped() {
      if (document.activeElement === this.number) return;
      const result = NumberText.read(this.number.value, { ...this.spec, decimals: 20 });
      if (result.number) this.number.value = NumberText.group(result.number, this.spec.decimals);
    }

    showState(state, detail = "") {
      this.body.dataset.state = state;
      this.stateLine.replaceChildren(icon(ICONS[state]), say(`state_${state}`) + detail);
      this.stateLine.className = `cell-state state-${state}`;
      this.number.setAttribute("aria-invalid", String(state === "invalid"));
    }

    clearState() {
      delete this.body.dataset.state;
      this.stateLine.replaceChildren();
      this.stateLine.className = "cell-state";
      this.number.setAttribute("aria-invalid", "false");
    }

    /** Draws the eye to a row that changed by itself. */
    flash() {
      this.body.classList.remove("is-flashed");
      void this.body.offsetWidth; // starts the animation anew
      this.body.classList.add("is-flashed");
    }

    /** A message under the row, with buttons: [label, action] pairs. */
    tell(message, buttons = [], tone = "bad") {
      const items = [element("span", {}, ...[message].flat().join(" ").split("\n"))];
      for (const [label, action] of buttons) {
        const button = element("button", { type: "button", class: "btn btn-sm" }, label);
        button.addEventListener("click", action);
        items.push(button);
      }
      this.message.className = `cell-message tone-${tone}`;
      this.message.replaceChildren(...items);
      this.message.hidden = false;
      this.showNote();
    }

    hush() {
      this.message.hidden = true;
      this.message.replaceChildren();
      this.showNote();
    }

    showNote() {
      const open = this.body.dataset.open;
      const asksReason = this.findings.some((finding) => finding.severity === "soft");
      const commenting = Boolean(this.comment.value || open === "comment" || asksReason);
      this.comment.closest("[data-comment-box]").hidden = !commenting;
      if (open === "evidence" || this.note.querySelector("[data-upload]")) this.upload.hidden = open !== "evidence";
      const reason = this.note.querySelector(".cell-reason");
      const needed = !this.message.hidden || this.findings.length || commenting || open || reason || this.beside.childElementCount;
      this.note.hidden = !needed;
      const some = { comment: this.comment.value, evidence: this.beside.querySelector(".evidence-item") };
      for (const toggle of this.body.querySelectorAll("[data-note-open]")) {
        toggle.setAttribute("aria-expanded", String(open === toggle.dataset.noteOpen));
        toggle.classList.toggle("has-some", Boolean(some[toggle.dataset.noteOpen]));
      }
    }

    openNote(kind) {
      if (this.body.dataset.open === kind) delete this.body.dataset.open;
      else this.body.dataset.open = kind;
      this.showNote();
      if (this.body.dataset.open === "comment") this.comment.focus();
    }

    showChange() {
      const last = Number(this.body.dataset.last);
      const result = NumberText.read(this.number.value, { ...this.spec, decimals: 20 });
      if (!result.number || !this.body.dataset.last || last <= 0) {
        this.change.replaceChildren(element("span", { class: "missing" }, "—"));
        return;
      }
      const growth = (Number(result.number) / last - 1) * 100;
      const kind = Math.abs(growth) < 0.05 ? "flat" : growth > 0 ? "up" : "down";
      const shown = element("span", { class: `change change-${kind}` });
      if (kind !== "flat") {
        const arrow = icon(`arrow-${kind}`);
        arrow.setAttribute("role", "img");
        arrow.removeAttribute("aria-hidden");
        arrow.setAttribute("aria-label", say(kind));
        shown.append(arrow);
      }
      shown.append(`${NumberText.group(Math.abs(growth).toFixed(1))}%`);
      this.change.replaceChildren(shown);
    }

    goTo() {
      const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
      this.body.scrollIntoView({ block: "center", behavior: still ? "auto" : "smooth" });
      this.number.focus({ preventScroll: true });
    }
  }

  const cells = new Map();
  for (const body of form.querySelectorAll("[data-cell]")) cells.set(body.dataset.cell, new Cell(body));

  function cellOf(node) { return cells.get(node.closest("[data-cell]")?.dataset.cell); }

  return { form, texts, PARTS, say, announce, element, icon, store, same, token, cells, cellOf, order: [...cells.values()] };
})();

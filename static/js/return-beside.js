/* Beside the cells: files by button or dropped on a row, answers to questions, a cell's history in a dialog.
   Works in the form and on its read-only page. */
(function () {
  "use strict";
  const form = document.getElementById("return-form");
  const texts = JSON.parse(document.getElementById("beside-texts").textContent);
  const say = (key, params = {}) => texts[key].replace(/\{(\w+)\}/g, (_whole, name) => params[name]);

  function token() {
    const cookie = document.cookie.match(/(?:^|; )csrftoken=([^;]+)/);
    return cookie ? cookie[1] : document.querySelector("[name=csrfmiddlewaretoken]").value;
  }

  function element(tag, css, ...children) {
    const made = document.createElement(tag);
    made.className = css;
    made.append(...children);
    return made;
  }

  /** After files or threads of a place changed: the row shows what it has, the bar counts anew. */
  function changed(place) {
    window.ReturnForm?.cellOf(place)?.showNote();
    window.ReturnForm?.countFilled();
  }

  /* ---- files ---- */
  function filesOf(place) {
    let list = place.querySelector(".evidence-list");
    if (!list) {
      list = element("ul", "evidence-list");
      place.querySelector("[data-beside]").append(list);
    }
    return list;
  }

  /** Where files of a place are chosen and their progress is told; none where nothing can be handed in. */
  function boxOf(place) { return window.ReturnForm?.cellOf(place)?.upload || place.querySelector("[data-upload]"); }

  function upload(place, files) {
    for (const file of files) send(place, boxOf(place), file);
  }

  function send(place, box, file) {
    const bar = document.createElement("progress");
    bar.max = 100;
    bar.setAttribute("aria-label", say("uploading", { name: file.name }));
    const words = element("span", "", say("uploading", { name: file.name }));
    const line = element("div", "upload-line", words, bar);
    box.hidden = false;
    place.querySelector("[data-note]")?.removeAttribute("hidden");
    box.querySelector("[data-upload-progress]").append(line);
    const most = Number(form.dataset.largest);
    if (file.size > most) return fail(line, say("too_large", { name: file.name, most: Math.round(most / 1048576) }));
    const request = new XMLHttpRequest(); // fetch tells no progress of an upload
    request.open("POST", box.dataset.upload);
    request.setRequestHeader("Accept", "application/json");
    request.setRequestHeader("X-CSRFToken", token());
    request.responseType = "json";
    request.upload.onprogress = (event) => { if (event.lengthComputable) bar.value = (100 * event.loaded) / event.total; };
    request.onload = () => {
      if (!request.response?.html) return fail(line, request.response?.messages?.join(" ") || say("upload_failed", { name: file.name }));
      filesOf(place).innerHTML = request.response.html;
      line.remove();
      changed(place);
    };
    request.onerror = () => fail(line, say("upload_failed", { name: file.name }), () => { line.remove(); send(place, box, file); });
    const data = new FormData();
    data.append("file", file);
    request.send(data);
  }

  function fail(line, words, again) {
    line.className = "upload-line tone-bad";
    line.setAttribute("role", "alert");
    const close = element("button", "btn btn-sm", again ? say("again") : say("close"));
    close.type = "button";
    close.addEventListener("click", again || (() => line.remove()));
    line.replaceChildren(element("span", "", words), close);
  }

  function placeOf(node) { return node.closest?.("tbody.cell, [data-whole]"); }

  form.addEventListener("change", (event) => {
    if (event.target.type !== "file") return;
    upload(placeOf(event.target), [...event.target.files]);
    event.target.value = "";
  });

  for (const kind of ["dragover", "dragleave", "drop"]) {
    form.addEventListener(kind, (event) => {
      const place = placeOf(event.target);
      if (!event.dataTransfer.types.includes("Files") || !place || !boxOf(place)) return;
      event.preventDefault();
      place.classList.toggle("is-dropping", kind === "dragover");
      if (kind === "drop") upload(place, [...event.dataTransfer.files]);
    });
  }

  /* ---- taking back, answering: the buttons of plain forms, sent by the script ---- */
  async function post(button, body, place) {
    button.disabled = true;
    try {
      const response = await fetch(button.formAction, {
        method: "POST", credentials: "same-origin", headers: { Accept: "application/json", "X-CSRFToken": token() }, body,
      });
      const data = await response.json();
      if (response.ok) return data.html;
      place.append(element("p", "tone-bad upload-line", data.messages.join(" ")));
    } catch {
      place.append(element("p", "tone-bad upload-line", say("not_sent")));
    }
    button.disabled = false;
    return null;
  }

  document.addEventListener("click", async (event) => {
    const remove = event.target.closest("[data-evidence-remove]");
    const answer = event.target.closest("[data-answer]");
    if (!remove && !answer) return;
    event.preventDefault();
    const place = placeOf(event.target);
    if (remove) {
      const html = await post(remove, new URLSearchParams(), remove.closest("li"));
      if (html !== null) filesOf(place).innerHTML = html;
    } else {
      const thread = answer.closest(".thread");
      const box = thread.querySelector("textarea");
      const html = await post(answer, new URLSearchParams({ [box.name]: box.value }), thread);
      if (html !== null) thread.outerHTML = html;
    }
    changed(place);
  });

  /* ---- history ---- */
  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-history]");
    if (!link || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const dialog = document.querySelector("[data-history-dialog]");
    const body = dialog.querySelector("[data-history-body]");
    body.replaceChildren(say("loading"));
    dialog.showModal();
    htmx.ajax("GET", link.href, { target: body, swap: "innerHTML" });
  });
})();

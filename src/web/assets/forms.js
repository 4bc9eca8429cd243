"use strict";
// Forms of the console: what is typed survives a closed tab; those of the orchard are put into the queue first and sent from there,
// with or without a network, and come back with what is wrong at its field.
const Forms = (() => {
  const { form, read, chosen, named, addRow, fill } = Rows;
  const who = document.body.dataset.who;
  const editing = Number(new URLSearchParams(location.search).get("entry")) || null;
  const isRedrawn = new URLSearchParams(location.search).has("redraw");
  const draftPath = location.pathname + (isRedrawn ? "" : location.search.replace(/[?&]lang=[^&]*/, ""));
  const template = (id) => document.importNode(document.getElementById(id).content, true).firstElementChild;

  // --- what is wrong, at its field and on top ---

  function clearErrors() {
    document.querySelectorAll("#errors, .field-error").forEach((element) => element.remove());
    for (const element of form.querySelectorAll(".is-wrong, [aria-invalid]")) {
      element.classList.remove("is-wrong");
      element.removeAttribute("aria-invalid");
      if (element.id) describe(element, null);
    }
  }

  function show(refused) {
    clearErrors();
    const isStale = refused.meanwhile.length > 0;
    const box = template(isStale ? "of-stale" : "of-errors");
    const lines = isStale ? refused.meanwhile.map((text) => [null, text]) : refused.errors;
    for (const [id, text] of lines) {
      const line = box.querySelector("ul").appendChild(document.createElement("li"));
      const at = id && document.getElementById(id);
      const told = at ? line.appendChild(document.createElement("a")) : line;
      told.textContent = text;
      if (at) {
        told.href = "#" + id;
        atField(at, id, text);
      }
    }
    form.querySelector("h1").after(box);
    if (isStale && refused.head) setSeen(refused);
    box.scrollIntoView();
    // Where one reads on, and where the next key begins.
    box.focus();
  }

  // By what is wrong, and by the hint that it always has.
  function describe(input, error) {
    const hint = document.getElementById(input.id + "-hint");
    const ids = [error, hint].filter(Boolean).map((element) => element.id);
    if (ids.length > 0) input.setAttribute("aria-describedby", ids.join(" "));
    else input.removeAttribute("aria-describedby");
  }

  function atField(input, id, text) {
    const field = input.closest(".field");
    const error = document.createElement("p");
    error.className = "field-error";
    error.id = id + "-error";
    error.textContent = text;
    field.hidden = false;
    field.classList.add("is-wrong");
    field.querySelector("label").after(error);
    input.setAttribute("aria-invalid", "true");
    describe(input, error);
    const folded = field.closest("details");
    if (folded) folded.open = true;
  }

  function setSeen({ head, seq }) {
    if (form.elements.head) [form.elements.head.value, form.elements.seq.value] = [head, seq];
  }

  // --- drafts ---

  let untouched = "";
  let timer = 0;
  let isSent = false;

  async function keepDraft() {
    const fields = read();
    if (isSent) return;
    if (JSON.stringify(fields) === untouched) await Queue.drafts.remove(who, draftPath);
    else await Queue.drafts.put(who, draftOf(fields));
  }

  // `sent` is the key under which it was sent before, with no answer so far.
  let sentBefore;
  const draftOf = (fields) => ({ path: draftPath, title: form.querySelector("h1").textContent, at: new Date().toISOString(), fields, sent: sentBefore });

  const dropDraft = () => Queue.drafts.remove(who, draftPath);

  // Rows that only the server can draw: the page is asked for anew, with as many as the draft has.
  function asksForRows(fields) {
    const missing = fields.map(([name]) => name).filter((name) => {
      const list = name.includes("[") && form.querySelector(".of-" + name.split("[")[0]);
      return list && !list.querySelector(".row");
    });
    if (missing.length === 0 || isRedrawn || location.search) return false;
    location.replace(location.pathname + "?" + new URLSearchParams([["redraw", "1"], [missing[missing.length - 1], ""]]));
    return true;
  }

  async function restoreDraft() {
    const draft = await Queue.drafts.get(who, draftPath);
    if (!draft) return;
    if (asksForRows(draft.fields)) return;
    // It may have been recorded, and only its answer was lost: under its own key it is recorded once.
    sentBefore = draft.sent;
    if (sentBefore) form.elements.key.value = sentBefore;
    fill(draft.fields);
    const notice = template("of-draft");
    notice.querySelector("time").textContent = clock(draft.at);
    notice.querySelector("button").addEventListener("click", () => dropDraft().then(() => { isSent = true; location.reload(); }));
    form.querySelector("h1").after(notice);
  }

  // A form that went the ordinary way is recorded when the page that says so is there, with its key.
  async function dropSent(key) {
    for (const draft of await Queue.drafts.all(who)) {
      if (draft.sent && draft.sent === key) await Queue.drafts.remove(who, draft.path);
    }
  }

  async function markSent() {
    sentBefore = form.elements.key.value;
    await Queue.drafts.put(who, draftOf(read()));
  }

  // --- sending ---

  // What an entry is known by among others of its kind: what it is about, and its first figures.
  function summary() {
    const about = form.querySelector(".facts dd");
    const told = ["code", "lot", "quantity", "product", "process", "input"].map(named).filter(Boolean);
    const texts = told.map((element) => (element.tagName === "SELECT" ? chosen(element) : element.value));
    return [about ? about.textContent : ""].concat(texts).filter(Boolean).slice(0, 3).join(" · ");
  }

  async function entryOf() {
    const before = editing ? await Queue.entries.get(who, editing) : null;
    const entry = before || { at: new Date().toISOString(), key: form.elements.key.value };
    const { head, seq, file } = form.elements;
    const photo = file && (await Photos.of(file));
    Object.assign(entry, { path: new URL(form.action).pathname, title: form.querySelector("h1").textContent, fields: read(), refused: null });
    entry.say = summary();
    if (head) Object.assign(entry, { head: head.value, seq: seq.value });
    if (photo) entry.file = photo;
    return entry;
  }

  // What was tried may have been recorded, and only the answer was lost: what became of it is learnt before anything of it changes.
  async function wasTried() {
    const before = editing ? await Queue.entries.get(who, editing) : null;
    if (!before || !before.occurred || before.refused) return false;
    const sent = await Offline.send();
    const { done, refused } = sent.of.get(editing) || {};
    if (refused) return false;
    show({ errors: [[null, done ? form.dataset.recorded : form.dataset.tried]], meanwhile: [] });
    if (done) {
      isSent = true;
      await dropDraft();
      const link = document.querySelector("#errors li").appendChild(document.createElement("a"));
      link.href = done.location;
      link.textContent = form.dataset.recordedLook;
    }
    return true;
  }

  async function toQueue() {
    if (await wasTried()) return;
    const entry = await entryOf();
    if (entry.file && !(await Queue.hasRoom(who, entry.file))) {
      show({ errors: [["f-file", form.dataset.full]], meanwhile: [] });
      return;
    }
    entry.n = await Queue.entries.put(who, entry);
    // What waits is not to be thrown away when the phone runs short of room.
    if (navigator.storage && navigator.storage.persist) navigator.storage.persist().catch(() => {});
    isSent = true;
    await dropDraft();
    const sent = await Offline.send();
    const { done, refused } = sent.of.get(entry.n) || {};
    if (done) location.assign(done.location);
    else if (refused && !editing) await comesBack(entry.n, refused);
    else if (refused) show(refused);
    else location.assign(sent.state === "login" ? "/login?then=/console/pending" : "/console/pending?kept=1");
  }

  // It stands before the one who typed it: no need to look for it in a list.
  async function comesBack(n, refused) {
    await Queue.entries.remove(who, n);
    await Offline.showCount();
    isSent = false;
    await keepDraft();
    show(refused);
  }

  function sends(event) {
    if (!form.hasAttribute("data-kept-form")) {
      // One more row, or the rows of a file: the form comes back, and nothing was recorded.
      if (event.submitter && event.submitter.name === "more") return;
      isSent = true;
      markSent().catch(() => {});
      return;
    }
    event.preventDefault();
    // Not `disabled`, which would take the focus from it.
    const button = form.querySelector(".acts button");
    if (button.hasAttribute("aria-disabled")) return;
    button.setAttribute("aria-disabled", "true");
    // A browser that keeps nothing sends the form as it is.
    toQueue().catch(() => form.submit()).then(() => { button.removeAttribute("aria-disabled"); });
  }

  // --- pages that were taken along ---

  // Days and the lot that were offered for the day on which the page was kept.
  function bringUpToDate(kept) {
    const [then, today] = [kept, new Date()].map((at) => clock(at).slice(0, 10));
    for (const input of form.querySelectorAll("input[type=date]")) {
      if (input.value === then) input.value = today;
    }
    const plot = new URLSearchParams(location.search).get("plot");
    const choice = named("plots[0].plot");
    if (choice && plot) choice.value = plot;
  }

  // As the server offers it: SF-P01 picked on 16 November 2026 is SF26P011116.
  function lotFollows() {
    const [lot, plot, day] = [named("lot"), named("plots[0].plot"), named("picked.from")];
    if (!lot || !plot || !day || editing) return;
    let offered = lot.value;
    const taken = new Set((lot.dataset.taken || "").split(" "));
    const waits = ([name, value]) => name === "lot" && taken.add(value);
    Queue.entries.all(who).then((all) => all.forEach((entry) => entry.fields.forEach(waits))).catch(() => {});
    const offer = () => {
      const code = chosen(plot).split(" · ")[0];
      const [before, after] = code.includes("-") ? [code.slice(0, code.indexOf("-")), code.slice(code.indexOf("-") + 1)] : ["", code];
      const made = (before + day.value.slice(2, 4) + after + day.value.slice(5, 7) + day.value.slice(8)).replace(/[^A-Za-z0-9]/g, "").slice(0, 20);
      let free = made;
      for (let n = 2; taken.has(free) && n < 100; n += 1) free = made.slice(0, 17) + "-" + n;
      if (lot.value === offered && plot.value) lot.value = offered = free;
    };
    plot.addEventListener("change", offer);
    day.addEventListener("change", offer);
    if (document.body.dataset.kept) offer();
  }

  async function begin() {
    const { kept } = document.body.dataset;
    // What came back is what was typed last, and more: no draft is put over it.
    const cameBack = form.hasAttribute("data-came-back");
    const isFresh = !cameBack && !document.querySelector("#errors");
    if (form.hasAttribute("data-kept-form") && isFresh) form.elements.key.value = Queue.newKey();
    if (kept) bringUpToDate(kept);
    lotFollows();
    untouched = cameBack ? "" : JSON.stringify(read());
    const entry = editing && (await Queue.entries.get(who, editing));
    if (entry) {
      fill(entry.fields);
      form.elements.key.value = entry.key;
      if (entry.refused) show(entry.refused);
    } else if (isFresh) {
      await restoreDraft();
    }
  }

  function start() {
    dropSent(new URLSearchParams(location.search).get("key")).catch(() => {});
    if (!form) return;
    form.addEventListener("submit", sends);
    // Whoever leaves it by its own way back records nothing, and finds an empty one next time.
    const back = form.querySelector(".acts a.second");
    if (back) back.addEventListener("click", () => { isSent = true; dropDraft().catch(() => {}); });
    for (const button of form.querySelectorAll("button.more")) {
      button.addEventListener("click", (event) => {
        const list = button.closest("fieldset");
        // The first row of a list is drawn by the server.
        if (!list.querySelector(".row")) return;
        event.preventDefault();
        const first = addRow(list).querySelector("input, select, textarea");
        if (first) first.focus();
      });
    }
    form.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(() => keepDraft().catch(() => {}), 250);
    });
    addEventListener("pagehide", () => { keepDraft().catch(() => {}); });
    begin().catch(() => {});
  }

  const isPossible = Boolean(who && self.indexedDB);
  if (isPossible) addEventListener("DOMContentLoaded", start);
  function refused(told) {
    isSent = false;
    show(told);
  }

  return { form, addRow, named, refused };
})();

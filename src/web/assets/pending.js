"use strict";
// The page of what is still to be sent: entries, what was refused beside them, drafts, and the question at the way out.
(() => {
  const { who } = Offline;
  const element = (id) => document.getElementById(id);
  const words = element("queue").dataset;

  function line(title, about, at) {
    const row = document.importNode(element("of-entry").content, true).firstElementChild;
    row.querySelector("b").textContent = about ? title + " · " + about : title;
    row.querySelector("time").textContent = clock(at);
    return row;
  }

  // A second press throws away.
  function onTwo(button, work) {
    let isAsked = false;
    button.addEventListener("click", () => {
      if (isAsked) return work().then(draw);
      isAsked = true;
      button.textContent = words.really;
    });
  }

  function ofEntry(entry, behind) {
    const row = line(entry.title, entry.say, entry.at);
    const waits = [...Queue.subjects(entry)].some((it) => behind.has(it));
    row.querySelector(".what").textContent = entry.refused ? words.refused : waits ? words.behind : words.waiting;
    row.classList.add(entry.refused ? "is-stop" : "is-attention");
    row.dataset.state = entry.refused ? "refused" : waits ? "behind" : "waiting";
    if (entry.refused) {
      Queue.subjects(entry).forEach((it) => behind.add(it));
      const lines = entry.refused.meanwhile.length > 0 ? entry.refused.meanwhile : entry.refused.errors.map((error) => error[1]);
      for (const text of lines) row.querySelector("ul").appendChild(document.createElement("li")).textContent = text;
    }
    row.querySelector("a").href = entry.path + "?entry=" + entry.n;
    onTwo(row.querySelector("button"), () => Queue.entries.remove(who, entry.n));
    return row;
  }

  function refill(list, rows) {
    list.textContent = "";
    list.append(...rows);
  }

  function ofDraft(draft) {
    const row = line(draft.title, "", draft.at);
    row.querySelector("a").href = draft.path;
    row.classList.add("is-unknown");
    onTwo(row.querySelector("button"), () => Queue.drafts.remove(who, draft.path));
    return row;
  }

  async function draw() {
    const [entries, drafts] = [await Queue.entries.all(who), (await Queue.drafts.all(who)).filter((draft) => !draft.sent)];
    const behind = new Set();
    refill(element("queue"), entries.map((entry) => ofEntry(entry, behind)));
    refill(element("drafts"), drafts.map(ofDraft));
    element("queue").dataset.count = entries.length;
    element("nothing").hidden = entries.length > 0;
    element("send").hidden = entries.length === 0;
    element("begun").hidden = drafts.length === 0;
    const persists = !navigator.storage || !navigator.storage.persisted || (await navigator.storage.persisted());
    element("not-kept").hidden = entries.length === 0 || persists;
    element("leave").hidden = entries.length === 0 || !location.search.includes("leave=");
    await Offline.showCount();
  }

  function tell(sent) {
    element("state").textContent = words["state" + sent.state[0].toUpperCase() + sent.state.slice(1)] || "";
    element("log-in").hidden = sent.state !== "login";
    draw();
  }

  async function start() {
    Offline.onSent(tell);
    Offline.onStep((n, all) => { element("state").textContent = words.sending.replace("#", n).replace("#", all); });
    element("send").addEventListener("click", () => Offline.send());
    element("leave-keeping").addEventListener("click", () => Offline.logOut());
    element("leave-dropping").addEventListener("click", () => Queue.entries.clear(who).then(() => Offline.logOut()));
    await draw();
    await Offline.send();
  }
  if (self.indexedDB) start();
  else element("impossible").hidden = false;
})();

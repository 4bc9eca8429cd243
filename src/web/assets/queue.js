"use strict";
// What was filled in and is not recorded yet: kept in IndexedDB, one database for each member, and sent in the order in which it was
// filled in. Runs in pages and in the service worker. Every entry has a key that the server knows again, so that sending twice
// records once.
const Queue = (() => {
  // Photos that wait take so many bytes at most.
  const MOST_BYTES = 40 * 1024 * 1024;
  const LONGEST_MS = 60 * 1000;

  const asked = (request) => new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

  function open(who) {
    const opening = indexedDB.open("suyuan-" + who, 1);
    opening.onupgradeneeded = () => {
      opening.result.createObjectStore("queue", { keyPath: "n", autoIncrement: true });
      opening.result.createObjectStore("drafts", { keyPath: "path" });
    };
    return asked(opening);
  }

  // One piece of work on one store; what it wrote is on the disk when this resolves.
  async function on(who, name, mode, work) {
    const database = await open(who);
    try {
      const transaction = database.transaction(name, mode, { durability: "strict" });
      const finished = new Promise((resolve, reject) => {
        transaction.oncomplete = resolve;
        transaction.onabort = () => reject(transaction.error);
      });
      const result = await asked(work(transaction.objectStore(name)));
      await finished;
      return result;
    } finally {
      database.close();
    }
  }

  const store = (name) => ({
    all: (who) => on(who, name, "readonly", (it) => it.getAll()),
    get: (who, key) => on(who, name, "readonly", (it) => it.get(key)),
    put: (who, value) => on(who, name, "readwrite", (it) => it.put(value)),
    remove: (who, key) => on(who, name, "readwrite", (it) => it.delete(key)),
    clear: (who) => on(who, name, "readwrite", (it) => it.clear()),
  });
  const entries = store("queue");

  function newKey() {
    return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
  }

  // Subjects that an entry is about or names: what is refused holds back what came after it on the same plot or batch.
  function subjects(entry) {
    const told = [entry.path].concat(entry.fields.map((field) => field[1])).join(" ");
    return new Set(told.match(/\b[0-9a-f]{32}\b/g) || []);
  }

  async function ask(path, options) {
    const stop = self.AbortController ? new AbortController() : null;
    const timer = stop && setTimeout(() => stop.abort(), LONGEST_MS);
    const more = { credentials: "same-origin", cache: "no-store", signal: stop ? stop.signal : undefined };
    try {
      const answer = await fetch(path, Object.assign(more, options));
      return { status: answer.status, said: await answer.json().catch(() => ({})) };
    } finally {
      clearTimeout(timer);
    }
  }

  function body(entry, ticket) {
    const body = entry.file ? new FormData() : new URLSearchParams();
    body.append("csrf", ticket.csrf);
    body.append("key", entry.key);
    if (entry.head) {
      body.append("head", entry.head);
      body.append("seq", entry.seq);
    }
    const typed = entry.fields.some((field) => field[0] === "occurred_at" && field[1]);
    if (!typed) body.append("occurred_at", entry.occurred);
    for (const [name, value] of entry.fields) {
      if (name !== "occurred_at" || typed) body.append(name, value);
    }
    if (entry.file) body.append("file", entry.file, "photo");
    return body;
  }

  // "recorded", "refused", or why nothing was learnt: "login", "busy".
  async function sendOne(who, entry, ticket) {
    if (!entry.occurred) {
      // By the server's clock, and the same at every try: a phone's may be wrong.
      entry.occurred = new Date(Date.parse(entry.at) + ticket.ahead).toISOString();
      await entries.put(who, entry);
    }
    const { status, said } = await ask(entry.path, {
      method: "POST", headers: { Accept: "application/json" }, body: body(entry, ticket) });
    if (status === 200 && said.location) {
      entry.done = said;
      await entries.remove(who, entry.n);
      return "recorded";
    }
    if (status === 401 || said.slug === "form-expired") return "login";
    if (status === 408 || status === 429 || status >= 500 || status < 400) return "busy";
    entry.refused = { errors: said.errors || [[null, said.detail || String(status)]], meanwhile: said.meanwhile || [], head: said.head, seq: said.seq };
    await entries.put(who, entry);
    return "refused";
  }

  // What was filled in on the same state continues from what the first of them made of it.
  async function carry(who, done, waiting) {
    for (const entry of waiting) {
      if (done.done.head && entry.head === done.head && entry.path.split("/")[3] === done.path.split("/")[3]) {
        entry.head = done.done.head;
        entry.seq = done.done.seq;
        await entries.put(who, entry);
      }
    }
  }

  // `step` is told which of how many is being sent.
  async function run(who, step) {
    const sent = { state: "sent", of: new Map() };
    let waiting = await entries.all(who);
    if (waiting.length === 0) return sent;
    const ticket = await Queue.ticket();
    if (!ticket.who) return Object.assign(sent, { state: ticket });
    // Somebody else is logged in by now: this is none of his.
    if (ticket.who !== who) return Object.assign(sent, { state: "other" });
    ticket.ahead = Date.parse(ticket.now) - Date.now();
    const behind = new Set();
    const all = waiting.length;
    while (waiting.length > 0) {
      step(all - waiting.length + 1, all);
      const entry = waiting.shift();
      const about = subjects(entry);
      const outcome = entry.refused || [...about].some((it) => behind.has(it)) ? "refused" : await sendOne(who, entry, ticket);
      sent.of.set(entry.n, entry);
      if (outcome === "refused") about.forEach((it) => behind.add(it));
      else if (outcome === "recorded") await carry(who, entry, waiting);
      else return Object.assign(sent, { state: outcome });
    }
    return sent;
  }

  // One run after the other: in one page, and with locks in all of them.
  let last = Promise.resolve();
  function inTurn(work) {
    const result = last.then(work);
    last = result.catch(() => {});
    return result;
  }

  // Sends all that can be sent. Answers how far it came, and the entries by number.
  async function send(who, step = () => {}) {
    if (navigator.onLine === false) return { state: "offline", of: new Map() };
    try {
      return await inTurn(() => (navigator.locks ? navigator.locks.request("suyuan-" + who, () => run(who, step)) : run(who, step)));
    } catch (error) {
      if (error instanceof TypeError || error.name === "AbortError") return { state: "offline", of: new Map() };
      throw error;
    }
  }

  async function hasRoom(who, blob) {
    const waiting = await entries.all(who);
    return waiting.reduce((sum, entry) => sum + (entry.file ? entry.file.size : 0), blob.size) <= MOST_BYTES;
  }

  // Who is logged in, with what his forms have to carry: "login" where nobody is.
  async function ticket() {
    const { status, said } = await ask("/console/ticket", { headers: { Accept: "application/json" } });
    return status === 200 && said.who ? said : status === 401 ? "login" : "busy";
  }

  return { entries, drafts: store("drafts"), newKey, send, hasRoom, subjects, ticket };
})();

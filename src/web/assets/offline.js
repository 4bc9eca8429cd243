"use strict";
// On every page of the console: the service worker, how much is still to be sent and the sending of it, the way out. Nothing here
// is needed to work with a network.
const Offline = (() => {
  const who = document.body.dataset.who;
  const link = document.querySelector(".side a[href='/console/pending']");
  const listeners = [];
  const steps = [];
  // Whoever pressed "log out" where the server was not reached.
  const LEAVING = "suyuan-leaving";
  // By which a session is known again, from the page that was shown last with a network.
  const SESSION = "suyuan-session";

  async function showCount() {
    if (!link) return;
    const count = (await Queue.entries.all(who)).length;
    let badge = link.querySelector(".count");
    if (!badge) {
      badge = link.appendChild(document.createElement("b"));
      badge.className = "count";
    }
    badge.textContent = count || "";
    badge.hidden = count === 0;
  }

  async function send() {
    const sent = await Queue.send(who, (n, all) => steps.forEach((step) => step(n, all)));
    if (sent.state !== "sent") await syncLater();
    if (sent.state === "sent") document.querySelector("#no-network").hidden = true;
    await showCount();
    listeners.forEach((listener) => listener(sent));
    return sent;
  }

  // Background Sync, where there is one: sends also when this page is closed.
  async function syncLater() {
    if (!navigator.serviceWorker || !navigator.serviceWorker.controller) return;
    const worker = await navigator.serviceWorker.ready;
    if (worker.sync) await worker.sync.register("queue").catch(() => {});
  }

  async function takeAlong() {
    await navigator.serviceWorker.register("/sw.js", { scope: "/console" });
    if (document.body.dataset.kept) return;
    const worker = (await navigator.serviceWorker.ready).active;
    // Before that it answers no page.
    while (worker.state === "activating") await new Promise((resolve) => worker.addEventListener("statechange", resolve, { once: true }));
    const anew = location.search.includes("done=");
    worker.postMessage({ keep: { who, language: document.documentElement.lang, takes: Boolean(link), anew } });
  }

  // Pages and drafts go; what is not sent yet stays for this member alone.
  async function leaveNothing() {
    await forgetPages();
    await Queue.drafts.clear(who);
  }

  async function forgetPages() {
    if (self.caches) {
      const pages = (await caches.keys()).filter((name) => name.startsWith("pages-"));
      await Promise.all(pages.map((name) => caches.delete(name)));
    }
    const worker = navigator.serviceWorker && navigator.serviceWorker.controller;
    if (worker) worker.postMessage({ forget: true });
  }

  const out = document.querySelector("form.out");
  // The server ends the session, and then the phone forgets. Without a network the pages go at once, and the session ends as soon
  // as the server is reached: whoever has the phone next finds nobody logged in.
  async function logOut() {
    const ticket = await Queue.ticket().catch(() => "offline");
    if (ticket === "login" || (ticket.who && (await isOut(ticket)))) {
      await leaveNothing().catch(() => {});
      localStorage.removeItem(LEAVING);
      location.assign("/login");
      return;
    }
    // The server was reached, and says something else: it gets the form itself, and its page tells what became of it.
    if (ticket === "busy") {
      await leaveNothing().catch(() => {});
      out.submit();
      return;
    }
    localStorage.setItem(LEAVING, JSON.stringify({ who, session: localStorage.getItem(SESSION) }));
    addEventListener("online", logOut, { once: true });
    await forgetPages().catch(() => {});
    document.querySelector("#still-in").hidden = false;
    document.querySelector("#still-in").scrollIntoView();
  }

  // Of this session, not of one that was begun since. A page that was kept belongs to none.
  function leaves() {
    const mark = JSON.parse(localStorage.getItem(LEAVING) || "{}");
    const session = out.elements.csrf.value.slice(0, 8);
    if (session) localStorage.setItem(SESSION, session);
    return mark.who === who && (!session || !mark.session || mark.session === session);
  }

  async function isOut({ csrf }) {
    const answer = await fetch(out.action, { method: "POST", body: new URLSearchParams({ csrf }), credentials: "same-origin" }).catch(() => null);
    return Boolean(answer && answer.ok);
  }

  async function askedToLeave(event) {
    event.preventDefault();
    const waiting = await Queue.entries.all(who).catch(() => []);
    if (waiting.length === 0) logOut();
    else if (link) location.assign("/console/pending?leave=1");
  }

  function saysKept() {
    const kept = document.body.dataset.kept;
    const notice = document.querySelector("#no-network");
    if (!kept || !notice) return;
    notice.querySelector("time").textContent = clock(kept);
    notice.hidden = false;
  }

  function start() {
    if (!who || !self.indexedDB) return;
    out.addEventListener("submit", askedToLeave);
    if (leaves()) {
      logOut();
      return;
    }
    localStorage.removeItem(LEAVING);
    saysKept();
    if (navigator.serviceWorker) {
      takeAlong().catch(() => {});
      navigator.serviceWorker.addEventListener("message", () => send());
    }
    addEventListener("online", () => send());
    if (link) send().catch(() => {});
  }
  start();

  return { who, send, showCount, logOut, onSent: (listener) => listeners.push(listener), onStep: (step) => steps.push(step) };
})();

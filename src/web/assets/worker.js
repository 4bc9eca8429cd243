// The service worker of the console. Keeps its files, and the pages that one member's phone takes along; answers with them where the
// network does not. Before it the server puts FILES, RELEASE and queue.js.
const SHELL = "shell-" + RELEASE;
const PENDING = "/console/pending";
// With a page at hand nobody waits longer for a weak network.
const PATIENCE_MS = 8000;
const FRESH_MS = 10 * 60 * 1000;
let forgotten = 0;

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(SHELL).then((shell) => shell.addAll(FILES)).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(self.clients.claim());
});

// Pages that were taken along name the files of their release: those stay until the pages were taken anew.
async function dropOldShells() {
  const old = (name) => name.startsWith("shell-") && name !== SHELL;
  await Promise.all((await caches.keys()).filter(old).map((name) => caches.delete(name)));
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  if (url.pathname.startsWith("/assets/")) event.respondWith(caches.match(request).then((kept) => kept || fetch(request)));
  else if (request.mode === "navigate") event.respondWith(page(request, url.pathname));
});

async function page(request, path) {
  const kept = await keptPage(path);
  try {
    const answer = await (kept ? inTime(fetch(request)) : fetch(request));
    // A proxy that answers for a server that does not.
    return kept && answer.status >= 502 && answer.status <= 504 ? kept : answer;
  } catch (error) {
    return kept || (await keptPage(PENDING)) || Response.error();
  }
}

function inTime(answer) {
  const late = new Promise((_, reject) => setTimeout(() => reject(new Error("late")), PATIENCE_MS));
  return Promise.race([answer, late]);
}

// Pages are kept for one member at a time.
async function keeper() {
  const name = (await caches.keys()).find((name) => name.startsWith("pages-"));
  return name && name.slice("pages-".length);
}

async function keptPage(path) {
  const who = await keeper();
  return who && (await caches.open("pages-" + who)).match(path);
}

self.addEventListener("message", (event) => {
  const { keep, forget } = event.data;
  if (forget) event.waitUntil(forgetPages());
  else if (keep) event.waitUntil(keepPages(keep).catch(() => {}));
});

async function forgetPages(but) {
  forgotten += 1;
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith("pages-") && name !== but).map((name) => caches.delete(name)));
}

// Takes the pages of a member along, in his language; those of anybody else go.
async function keepPages({ who, language, takes, anew }) {
  const name = "pages-" + who;
  if ((await keeper()) !== who) await forgetPages(name);
  if (!takes) return dropOldShells();
  const before = await keptPage(PENDING);
  const age = before ? Date.now() - Number(before.headers.get("X-Kept")) : Infinity;
  const isOurs = before && before.headers.get("X-Release") === RELEASE && before.headers.get("Content-Language") === language;
  if (!anew && age < FRESH_MS && isOurs) return;
  const since = forgotten;
  const answer = await fetch("/console/kept?lang=" + language, { headers: { Accept: "application/json" }, cache: "no-store" });
  if (answer.status !== 200) return;
  const kept = await answer.json();
  // Who logged out meanwhile leaves nothing behind.
  if (kept.who !== who || since !== forgotten) return;
  const cache = await caches.open(name);
  const headers = { "Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": kept.policy, "Content-Language": language,
    "X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin", "X-Kept": String(Date.now()), "X-Release": RELEASE };
  const old = (await cache.keys()).filter((request) => !kept.pages.some(([path]) => path === new URL(request.url).pathname));
  await Promise.all(old.map((request) => cache.delete(request)));
  // The page that leads to the others comes last.
  for (const [path, html] of kept.pages) await cache.put(path, new Response(html, { headers }));
  if (since !== forgotten) await caches.delete(name);
  await dropOldShells();
}

// Where the browser tells that the network is back, also when no page is open.
self.addEventListener("sync", (event) => {
  if (event.tag === "queue") event.waitUntil(sendWaiting());
});

async function sendWaiting() {
  const who = await keeper();
  if (!who) return;
  const sent = await Queue.send(who);
  for (const client of await self.clients.matchAll()) client.postMessage({ queue: sent.state });
  if (sent.state === "offline" || sent.state === "busy") throw new Error(sent.state);
}

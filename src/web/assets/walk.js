"use strict";
// The outline of a plot: corners taken where one stands, or set on a pad with a grid of metres, with what they enclose. No map, and
// nothing that leaves this page; the corners are ordinary fields that can be typed as well.
(() => {
  const walk = document.querySelector("#walk");
  if (!walk) return;
  const POOR_M = 20;
  const METRES = 111320;
  const list = walk.closest("fieldset");
  const [add, undo, nearer, farther] = walk.querySelectorAll("button");
  const [pad, scale] = [walk.querySelector(".pad"), walk.querySelector(".scale")];
  const [notice, area] = [walk.querySelector(".notice"), walk.querySelector(".walk-area")];
  const drawing = walk.querySelector("svg");
  const filled = {};
  let position = null;
  let isWanted = false;

  const rows = () => [...list.querySelectorAll(".row")].map((row) => row.querySelectorAll("input"));

  function corners() {
    return rows().map(([lat, lon]) => [Number(lat.value || NaN), Number(lon.value || NaN)]).filter((corner) => corner.every(Number.isFinite));
  }

  // Metres east and south of the first corner.
  function flat(all) {
    const [lat, lon] = all[0];
    const shrink = Math.cos(lat * Math.PI / 180);
    return all.map((corner) => [(corner[1] - lon) * METRES * shrink, (lat - corner[0]) * METRES]);
  }

  const turn = (a, b, c) => (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]);

  function crosses(points) {
    const side = (at) => [points[at], points[(at + 1) % points.length]];
    for (let first = 0; first < points.length; first += 1) {
      for (let second = first + 2; second < points.length; second += 1) {
        const [[a, b], [c, d]] = [side(first), side(second)];
        if (turn(a, b, c) * turn(a, b, d) < 0 && turn(c, d, a) * turn(c, d, b) < 0) return true;
      }
    }
    return false;
  }

  function shape(name, attributes, text) {
    const element = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const key of Object.keys(attributes)) element.setAttribute(key, attributes[key]);
    if (text) element.textContent = text;
    drawing.appendChild(element);
  }

  // --- the pad ---

  const [WIDTH, HEIGHT] = [320, 240];
  const SPANS = [40, 100, 200, 400, 1000, 2000];
  const view = { lat: null, lon: null, span: SPANS[1] };
  let held = null;

  // From a corner to the pad, and back.
  function toPad([lat, lon]) {
    const shrink = Math.cos(view.lat * Math.PI / 180);
    const scale = WIDTH / view.span;
    return [WIDTH / 2 + (lon - view.lon) * METRES * shrink * scale, HEIGHT / 2 - (lat - view.lat) * METRES * scale];
  }

  function toCorner([x, y]) {
    const shrink = Math.cos(view.lat * Math.PI / 180);
    const metres = view.span / WIDTH;
    return [view.lat + (HEIGHT / 2 - y) * metres / METRES, view.lon + (x - WIDTH / 2) * metres / (METRES * shrink)];
  }

  function typedPoint() {
    const [lat, lon] = ["point.lat", "point.lon"].map((name) => Number((Forms.named(name) || {}).value || NaN));
    return Number.isFinite(lat) && Number.isFinite(lon) ? [lat, lon] : null;
  }

  const isSeen = (corner) => {
    const [x, y] = toPad(corner);
    return x > 10 && y > 10 && x < WIDTH - 10 && y < HEIGHT - 10;
  };

  // The pad stays where it is while every corner is on it.
  function aim(all) {
    const point = typedPoint();
    if (all.length === 0 && point) [view.lat, view.lon] = point;
    if (all.length === 0 || held !== null || (view.lat !== null && all.every(isSeen))) return;
    const middle = (at) => (Math.min(...all.map((it) => it[at])) + Math.max(...all.map((it) => it[at]))) / 2;
    [view.lat, view.lon] = [middle(0), middle(1)];
    view.span = SPANS.find((span) => { view.span = span; return all.every(isSeen); }) || SPANS[SPANS.length - 1];
  }

  function draw(all) {
    const focused = drawing.contains(document.activeElement) ? document.activeElement.dataset.at : null;
    drawing.textContent = "";
    pad.hidden = view.lat === null;
    if (view.lat === null) return;
    const cell = view.span / 10;
    for (let at = 0; at <= 10; at += 1) {
      const x = at * WIDTH / 10;
      shape("line", { x1: x, y1: 0, x2: x, y2: HEIGHT, class: "grid" });
      if (x <= HEIGHT) shape("line", { x1: 0, y1: x, x2: WIDTH, y2: x, class: "grid" });
    }
    scale.textContent = walk.dataset.cell.replace("#", String(cell));
    const at = all.map(toPad).map((point) => point.map((it) => Math.round(it * 10) / 10));
    if (at.length > 1) shape(at.length > 2 ? "polygon" : "polyline", { points: at.map((it) => it.join(",")).join(" ") });
    // Above the own area, below its corners.
    Neighbours.draw(shape, toPad, WIDTH, HEIGHT);
    at.forEach(([x, y], index) => {
      const named = walk.dataset.corner.replace("#", String(index + 1));
      shape("circle", { cx: x, cy: y, r: 8, tabindex: 0, role: "button", "aria-label": named, "data-at": index });
      shape("text", { x: x + 11, y: y - 8, "aria-hidden": "true" }, String(index + 1));
    });
    if (focused !== null && focused !== undefined) {
      const again = drawing.querySelector("[data-at='" + Math.min(Number(focused), at.length - 1) + "']");
      if (again) again.focus({ preventScroll: true });
    }
  }

  function write(all) {
    // A corner that is half typed stays as it is.
    const usable = () => rows().filter(([lat, lon]) => !lat.value === !lon.value);
    while (usable().length < all.length) Forms.addRow(list);
    usable().forEach(([lat, lon], index) => {
      const corner = all[index];
      [lat.value, lon.value] = corner ? corner.map((it) => it.toFixed(7)) : ["", ""];
    });
    rows()[0][0].dispatchEvent(new Event("input", { bubbles: true }));
  }

  function change(index, corner) {
    const all = corners();
    if (corner) all[index] = corner;
    else all.splice(index, 1);
    write(all);
  }

  function pressed(event) {
    const box = drawing.getBoundingClientRect();
    return [(event.clientX - box.left) * WIDTH / box.width, (event.clientY - box.top) * HEIGHT / box.height];
  }

  drawing.addEventListener("pointerdown", (event) => {
    held = event.target.dataset.at === undefined ? null : Number(event.target.dataset.at);
    if (held !== null) drawing.setPointerCapture(event.pointerId);
  });
  drawing.addEventListener("pointermove", (event) => {
    if (held !== null) change(held, toCorner(pressed(event)));
  });
  for (const name of ["pointerup", "pointercancel"]) drawing.addEventListener(name, () => { setTimeout(() => { held = null; }); });
  drawing.addEventListener("click", (event) => {
    if (held !== null || event.target.dataset.at !== undefined) return;
    write([...corners(), toCorner(pressed(event))]);
  });
  drawing.addEventListener("keydown", (event) => {
    const index = Number(event.target.dataset.at);
    const ways = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };
    if (Number.isNaN(index)) return;
    if (event.key === "Delete" || event.key === "Backspace") change(index, null);
    else if (ways[event.key]) {
      const metre = (event.shiftKey ? 10 : 1) * WIDTH / view.span;
      const [x, y] = toPad(corners()[index]);
      change(index, toCorner([x + ways[event.key][0] * metre, y + ways[event.key][1] * metre]));
    } else return;
    event.preventDefault();
  });
  [nearer, farther].forEach((button, way) => button.addEventListener("click", () => {
    const at = SPANS.indexOf(view.span) + (way === 0 ? -1 : 1);
    view.span = SPANS[Math.min(SPANS.length - 1, Math.max(0, at))];
    draw(corners());
  }));

  // Offered where nothing was typed, and kept up to date until somebody types there.
  function offer(name, value) {
    const input = document.querySelector("[name='" + name + "']");
    if (!input || (input.value && input.value !== filled[name])) return;
    filled[name] = input.value = value;
    input.dispatchEvent(new Event("input", { bubbles: true }));
  }

  function show() {
    const all = corners();
    area.textContent = "";
    undo.hidden = all.length === 0;
    aim(all);
    draw(all);
    Neighbours.tell(all);
    if (all.length === 0) return;
    const points = flat(all);
    offer("point.lat", mean(all.map((it) => it[0])));
    offer("point.lon", mean(all.map((it) => it[1])));
    if (all.length < 3) return;
    const m2 = Math.round(Math.abs(points.reduce((sum, it, at) => sum + turn([0, 0], it, points[(at + 1) % points.length]), 0)) / 2);
    const words = walk.dataset.area.replace("##", shown(m2 * 3 / 2000, 2)).replace("#", m2.toLocaleString("en"));
    area.textContent = crosses(points) ? walk.dataset.crosses : words;
    if (!crosses(points)) offer("area_m2", m2 + " m2");
  }

  const mean = (all) => (all.reduce((sum, it) => sum + it, 0) / all.length).toFixed(6);

  // --- standing at a corner ---

  function tell(text, isPoor) {
    notice.textContent = text;
    notice.hidden = false;
    notice.classList.toggle("is-attention", isPoor);
  }

  function found(told) {
    position = told.coords;
    const poor = position.accuracy > POOR_M;
    tell(walk.dataset[poor ? "poor" : "good"].replace("#", String(Math.ceil(position.accuracy))), poor);
    if (isWanted) put();
  }

  function put() {
    isWanted = false;
    const free = rows().find(([lat, lon]) => !lat.value && !lon.value);
    const [lat, lon] = free || Forms.addRow(list).querySelectorAll("input");
    [lat.value, lon.value] = [position.latitude.toFixed(7), position.longitude.toFixed(7)];
    lat.dispatchEvent(new Event("input", { bubbles: true }));
  }

  let watching = null;
  add.addEventListener("click", () => {
    isWanted = true;
    if (position) put();
    else tell(walk.dataset.waiting, false);
    if (watching !== null) return;
    const failed = (error) => {
      isWanted = false;
      tell(walk.dataset.denied, true);
      if (error.code !== error.PERMISSION_DENIED) return;
      // Who allows it now, and presses again, is asked anew.
      navigator.geolocation.clearWatch(watching);
      watching = null;
    };
    watching = navigator.geolocation.watchPosition(found, failed, { enableHighAccuracy: true, maximumAge: 2000 });
  });

  undo.addEventListener("click", () => {
    const last = rows().reverse().find(([lat, lon]) => lat.value || lon.value);
    if (!last) return;
    last.forEach((input) => { input.value = ""; });
    last[0].dispatchEvent(new Event("input", { bubbles: true }));
  });

  list.addEventListener("input", show);
  Forms.named("code").addEventListener("input", () => Neighbours.tell(corners()));
  for (const name of ["point.lat", "point.lon"]) {
    const input = Forms.named(name);
    if (input) input.addEventListener("input", () => { if (corners().length === 0) show(); });
  }
  add.hidden = !navigator.geolocation;
  walk.hidden = false;
  addEventListener("DOMContentLoaded", show);
  Neighbours.ready.then(show);
})();

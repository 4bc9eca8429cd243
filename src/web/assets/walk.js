"use strict";
// The outline of a plot: corners taken where one stands, drawn as they are typed, with what they enclose. No map, and nothing that
// leaves this page; the corners are ordinary fields that can be typed as well.
(() => {
  const walk = document.querySelector("#walk");
  if (!walk) return;
  const POOR_M = 20;
  const METRES = 111320;
  const list = walk.closest("fieldset");
  const [add, undo] = walk.querySelectorAll("button");
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

  function draw(points) {
    const [xs, ys] = [points.map((it) => it[0]), points.map((it) => it[1])];
    const [west, north] = [Math.min(...xs), Math.min(...ys)];
    const scale = Math.min(270 / Math.max(1, Math.max(...xs) - west), 150 / Math.max(1, Math.max(...ys) - north));
    const at = points.map(([x, y]) => [25 + (x - west) * scale, 25 + (y - north) * scale].map((it) => Math.round(it)));
    shape(points.length > 2 ? "polygon" : "polyline", { points: at.map((it) => it.join(",")).join(" ") });
    at.forEach(([x, y], index) => {
      shape("circle", { cx: x, cy: y, r: 4 });
      shape("text", { x: x + 7, y: y - 6 }, String(index + 1));
    });
  }

  // Offered where nothing was typed, and kept up to date until somebody types there.
  function offer(name, value) {
    const input = document.querySelector("[name='" + name + "']");
    if (!input || (input.value && input.value !== filled[name])) return;
    filled[name] = input.value = value;
    input.dispatchEvent(new Event("input", { bubbles: true }));
  }

  function show() {
    const all = corners();
    drawing.textContent = area.textContent = "";
    undo.hidden = all.length === 0;
    if (all.length === 0) return;
    const points = flat(all);
    draw(points);
    offer("point.lat", mean(all.map((it) => it[0])));
    offer("point.lon", mean(all.map((it) => it[1])));
    if (all.length < 3) return;
    const m2 = Math.round(Math.abs(points.reduce((sum, it, at) => sum + turn([0, 0], it, points[(at + 1) % points.length]), 0)) / 2);
    const words = walk.dataset.area.replace("##", (m2 * 3 / 2000).toFixed(2)).replace("#", m2.toLocaleString("en"));
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
    const failed = () => {
      isWanted = false;
      tell(walk.dataset.denied, true);
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
  add.hidden = !navigator.geolocation;
  walk.hidden = false;
  addEventListener("DOMContentLoaded", show);
})();

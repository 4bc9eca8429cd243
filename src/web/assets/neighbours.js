"use strict";
// Plots beside the one that is being registered: those that the page brought along, and those that were registered on this phone and
// still wait. They stand on the pad, and what lies over one of them is told before it is sent. What counts as lying over another is
// the server's rule, src/domain/outline.rs, to the same hundredth: corners are whole ten-millionths of a degree, east and north.
const Neighbours = (() => {
  const walk = document.querySelector("#walk");
  if (!walk) return null;
  const GRID = 64;
  const METRES = 0.011132;
  // More of them are no help.
  const SAID = 3;
  const said = document.querySelector("#overlaps");
  const lines = said.querySelector("ul");
  const known = new Map();
  let isOffered = false;

  function outlineOf(corners) {
    const isSame = (a, b) => a[0] === b[0] && a[1] === b[1];
    const kept = corners.filter((corner, at) => at === 0 || !isSame(corner, corners[at - 1]));
    if (kept.length > 1 && isSame(kept[0], kept[kept.length - 1])) kept.pop();
    return kept.length >= 3 ? kept : null;
  }

  const cornerOf = ([lat, lon]) => [lon, lat].map((degrees) => Math.round(degrees * 1e7));
  const sides = (outline) => outline.map((corner, at) => [corner, outline[(at + 1) % outline.length]]);
  const turn = (a, b, c) => (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]);
  const shrink = (north) => Math.cos(north / 1e7 * Math.PI / 180);

  function areaOf(outline) {
    const twice = sides(outline).reduce((sum, [a, b]) => sum + turn(outline[0], a, b), 0);
    const middle = outline.reduce((sum, corner) => sum + corner[1], 0) / outline.length;
    return Math.abs(twice) / 2 * METRES * METRES * shrink(middle);
  }

  // West, south, east and north of the box around it.
  function boxOf(outline) {
    const [east, north] = [0, 1].map((at) => outline.map((corner) => corner[at]));
    return [Math.min(...east), Math.min(...north), Math.max(...east), Math.max(...north)];
  }

  function holds(outline, point) {
    const isCrossed = ([a, b]) => (a[1] > point[1]) !== (b[1] > point[1]) && (turn(a, b, point) > 0) === (b[1] > a[1]);
    return sides(outline).filter(isCrossed).length % 2 === 1;
  }

  // Square metres that two outlines share, and how many hundredths of the smaller that is.
  function overlap(outline, other) {
    const [a, b] = [boxOf(outline), boxOf(other)];
    const [west, south, east, north] = [Math.max(a[0], b[0]), Math.max(a[1], b[1]), Math.min(a[2], b[2]), Math.min(a[3], b[3])];
    if (west >= east || south >= north) return { m2: 0, percent: 0 };
    const at = (from, to, step) => from + Math.floor((to - from) * (2 * step + 1) / (2 * GRID));
    let both = 0;
    for (let row = 0; row < GRID; row += 1) {
      for (let column = 0; column < GRID; column += 1) {
        const point = [at(west, east, column), at(south, north, row)];
        if (holds(outline, point) && holds(other, point)) both += 1;
      }
    }
    const m2 = (east - west) * (north - south) * METRES * METRES * shrink((south + north) / 2) * both / (GRID * GRID);
    const smaller = Math.max(1, Math.min(Math.round(areaOf(outline)), Math.round(areaOf(other))));
    return { m2: Math.round(m2), percent: Math.min(100, Math.round(m2 / smaller * 100)) };
  }

  // --- which there are ---

  // A line is a code, its first corner, and how far the others are from that; latitude first.
  function fromPage() {
    for (const line of walk.dataset.neighbours.split("\n").filter(Boolean)) {
      const [code, ...told] = line.split(" ");
      const figures = told.map(Number);
      const [lat, lon] = figures;
      const corners = [[lon, lat]];
      for (let at = 2; at < figures.length; at += 2) corners.push([lon + figures[at + 1], lat + figures[at]]);
      known.set(code, { name: code, outline: corners });
    }
  }

  async function fromQueue() {
    const mended = Number(new URLSearchParams(location.search).get("entry"));
    for (const entry of await Queue.entries.all(document.body.dataset.who)) {
      if (entry.path !== location.pathname || entry.n === mended) continue;
      const told = new Map(entry.fields);
      const corners = [];
      for (let at = 0; told.has("polygon[" + at + "].lat"); at += 1) {
        const [lat, lon] = ["lat", "lon"].map((name) => told.get("polygon[" + at + "]." + name));
        if (lat && lon && Number.isFinite(Number(lat)) && Number.isFinite(Number(lon))) corners.push(cornerOf([Number(lat), Number(lon)]));
      }
      const [code, outline] = [told.get("code") || entry.title, outlineOf(corners)];
      if (outline) known.set(code, { name: walk.dataset.waits.replace("@", () => code), outline });
    }
  }

  // --- what is shown of them ---

  // Thin on the pad, with their codes.
  function draw(shape, toPad, width, height) {
    for (const { name, outline } of known.values()) {
      const points = outline.map(([east, north]) => toPad([north / 1e7, east / 1e7]).map((it) => Math.round(it * 10) / 10));
      const [west, south, east, north] = boxOf(points);
      if (east < 0 || west > width || north < 0 || south > height) continue;
      shape("polygon", { points: points.map((it) => it.join(",")).join(" "), class: "neighbour" });
      const middle = (low, high, most) => (Math.max(low, 0) + Math.min(high, most)) / 2;
      shape("text", { x: middle(west, east, width), y: middle(south, north, height), class: "neighbour", "aria-hidden": "true" }, name);
    }
  }

  // By how much an outline lies over others, the most first. One of the same code is the plot itself.
  function found(corners) {
    const outline = outlineOf(corners.map(cornerOf));
    if (!outline) return [];
    const own = Forms.named("code").value.trim();
    const others = [...known].filter(([code]) => code !== own).map(([, other]) => Object.assign(overlap(outline, other.outline), other));
    return others.filter((it) => it.percent > Number(walk.dataset.tolerated)).sort((a, b) => b.percent - a.percent).slice(0, SAID);
  }

  function tell(corners) {
    const over = found(corners);
    const sentence = ({ name, m2, percent }) => walk.dataset.overlaps.replace("###", percent)
      .replace("##", shown(m2 * 3 / 2000, 2)).replace("#", m2.toLocaleString("en")).replace("@", () => name);
    const text = over.map(sentence);
    const old = [...lines.children].map((line) => line.textContent);
    // Said once, not at every step of a corner that is dragged.
    if (text.join("\n") !== old.join("\n")) {
      lines.textContent = "";
      for (const line of text) lines.appendChild(document.createElement("li")).textContent = line;
    }
    said.firstElementChild.hidden = over.length === 0;
    offerAnswer(over.length > 0);
  }

  // It may be meant: whoever answers here is not asked again when it is sent.
  function offerAnswer(isNeeded) {
    const tick = Forms.named("confirm_overlap");
    const field = tick && tick.closest(".field");
    if (!field || field.classList.contains("is-wrong") || isNeeded === isOffered) return;
    isOffered = isNeeded;
    field.hidden = !isNeeded;
    if (!isNeeded) tick.checked = false;
  }

  fromPage();
  const ready = self.indexedDB ? fromQueue().catch(() => {}) : Promise.resolve();
  return { draw, tell, ready };
})();

// A QR code of a short text (ISO/IEC 18004): byte mode, error correction M, versions 1 to 4, which are one or two blocks.

const VERSIONS = [ // [data codewords, correction codewords] of each block
  [[16, 10]], [[28, 16]], [[44, 26]], [[32, 18], [32, 18]],
];

const EXP = [];
const LOG = [];
for (let i = 0, x = 1; i < 255; i += 1) {
  EXP[i] = x;
  LOG[x] = i;
  x = (x << 1) ^ (x & 0x80 ? 0x11d : 0);
}
const times = (a, b) => (a && b ? EXP[(LOG[a] + LOG[b]) % 255] : 0);

/** Reed-Solomon over GF(256): the remainder of the data by the generator of that degree. */
function correction(data, degree) {
  let generator = [1];
  for (let i = 0; i < degree; i += 1) {
    const next = [...generator, 0];
    for (let j = 0; j < generator.length; j += 1) next[j + 1] ^= times(generator[j], EXP[i]);
    generator = next;
  }
  const rest = [...data, ...new Array(degree).fill(0)];
  for (let i = 0; i < data.length; i += 1) {
    const factor = rest[i];
    for (let j = 0; j < generator.length; j += 1) rest[i + j] ^= times(generator[j], factor);
  }
  return rest.slice(data.length);
}

function codewords(bytes, blocks) {
  const size = blocks.reduce((sum, [data]) => sum + data, 0);
  const bits = [];
  const put = (value, count) => { for (let i = count - 1; i >= 0; i -= 1) bits.push((value >> i) & 1); };
  put(4, 4);
  put(bytes.length, 8);
  for (const byte of bytes) put(byte, 8);
  put(0, Math.min(4, size * 8 - bits.length));
  while (bits.length % 8) bits.push(0);
  const data = [];
  for (let i = 0; i < bits.length; i += 8) data.push(parseInt(bits.slice(i, i + 8).join(""), 2));
  for (let pad = 0xec; data.length < size; pad ^= 0xec ^ 0x11) data.push(pad);
  const parts = [];
  for (const [count, degree] of blocks) {
    const part = data.splice(0, count);
    parts.push([part, correction(part, degree)]);
  }
  const woven = [];
  for (const which of [0, 1]) {
    const longest = Math.max(...parts.map((part) => part[which].length));
    for (let i = 0; i < longest; i += 1) for (const part of parts) if (i < part[which].length) woven.push(part[which][i]);
  }
  return woven;
}

const MASKS = [
  (x, y) => (x + y) % 2 === 0, (x, y) => y % 2 === 0, (x) => x % 3 === 0, (x, y) => (x + y) % 3 === 0,
  (x, y) => (Math.floor(x / 3) + Math.floor(y / 2)) % 2 === 0, (x, y) => ((x * y) % 2) + ((x * y) % 3) === 0,
  (x, y) => (((x * y) % 2) + ((x * y) % 3)) % 2 === 0, (x, y) => (((x + y) % 2) + ((x * y) % 3)) % 2 === 0,
];

/** Rows of modules, true for dark. Throws for a text that is too long. */
export function matrix(text) {
  const bytes = [...new TextEncoder().encode(text)];
  const version = VERSIONS.findIndex((blocks) => bytes.length + 2 <= blocks.reduce((sum, [data]) => sum + data, 0)) + 1;
  if (version === 0) throw new RangeError("too long for a small QR code");
  const size = 17 + 4 * version;
  const rows = Array.from({ length: size }, () => new Array(size).fill(null));
  const set = (x, y, dark) => { if (x >= 0 && y >= 0 && x < size && y < size) rows[y][x] = dark; };
  const ring = (cx, cy, radius, dark) => {
    for (let y = -radius; y <= radius; y += 1) {
      for (let x = -radius; x <= radius; x += 1) set(cx + x, cy + y, dark(Math.max(Math.abs(x), Math.abs(y))));
    }
  };
  for (const [x, y] of [[3, 3], [size - 4, 3], [3, size - 4]]) ring(x, y, 4, (far) => far !== 2 && far !== 4);
  if (version > 1) ring(size - 7, size - 7, 2, (far) => far !== 1);
  for (let i = 8; i < size - 8; i += 1) {
    set(i, 6, i % 2 === 0);
    set(6, i, i % 2 === 0);
  }
  const format = (mask) => {
    let rest = mask; // error correction M is 00
    for (let i = 0; i < 10; i += 1) rest = (rest << 1) ^ ((rest >> 9) * 0x537);
    const bits = ((mask << 10) | rest) ^ 0x5412;
    for (let i = 0; i < 15; i += 1) {
      const dark = ((bits >> i) & 1) === 1;
      if (i < 6) set(8, i, dark);
      else if (i < 8) set(8, i + 1, dark);
      else if (i === 8) set(7, 8, dark);
      else set(14 - i, 8, dark);
      if (i < 8) set(size - 1 - i, 8, dark);
      else set(8, size - 15 + i, dark);
    }
    set(8, size - 8, true);
  };
  format(0);
  const free = [];
  for (let right = size - 1, up = true; right > 0; right -= 2, up = !up) {
    if (right === 6) right = 5;
    for (let i = 0; i < size; i += 1) {
      for (const x of [right, right - 1]) {
        const y = up ? size - 1 - i : i;
        if (rows[y][x] === null) free.push([x, y]);
      }
    }
  }
  const words = codewords(bytes, VERSIONS[version - 1]);
  const bit = (i) => ((words[i >> 3] ?? 0) >> (7 - (i & 7))) & 1;
  let best = null;
  MASKS.forEach((flips, mask) => {
    free.forEach(([x, y], i) => { rows[y][x] = (bit(i) === 1) !== flips(x, y); });
    format(mask);
    const cost = penalty(rows);
    if (!best || cost < best.cost) best = { cost, rows: rows.map((row) => [...row]) };
  });
  return best.rows;
}

/** How hard a pattern is for a scanner: long runs, blocks, false finders, imbalance. */
function penalty(rows) {
  const size = rows.length;
  const lines = [...rows, ...rows.map((_, x) => rows.map((row) => row[x]))].map((line) => line.map(Number).join(""));
  let cost = 0;
  for (const line of lines) {
    for (const run of line.match(/0{5,}|1{5,}/g) ?? []) cost += run.length - 2;
    for (let i = 0; i + 11 <= size; i += 1) {
      const part = line.slice(i, i + 11);
      if (part === "10111010000" || part === "00001011101") cost += 40;
    }
  }
  let dark = 0;
  for (let y = 0; y < size; y += 1) {
    for (let x = 0; x < size; x += 1) {
      dark += rows[y][x] ? 1 : 0;
      if (x && y && rows[y][x] === rows[y - 1][x] && rows[y][x] === rows[y][x - 1] && rows[y][x] === rows[y - 1][x - 1]) cost += 3;
    }
  }
  return cost + 10 * Math.floor(Math.abs((dark * 20) / size / size - 10));
}

/** The code as a picture, with its quiet zone. */
export function picture(text, label) {
  const rows = matrix(text);
  const side = rows.length + 8;
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", `0 0 ${side} ${side}`);
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", label);
  svg.setAttribute("shape-rendering", "crispEdges");
  const shape = (name, attributes) => {
    const element = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    svg.append(element);
  };
  shape("rect", { width: side, height: side, class: "qr-light" });
  const path = rows.flatMap((row, y) => row.map((dark, x) => (dark ? `M${x + 4} ${y + 4}h1v1h-1z` : ""))).join("");
  shape("path", { d: path, class: "qr-dark" });
  return svg;
}

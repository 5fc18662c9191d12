// The queue: every application that is not settled, and what it waits for. Nothing personal is in it.

import { at, fill, make, say } from "./dom.js";
import { ago, both, clockTime, language, number, stateWord, t } from "./strings.js";

const ROWS = 60;
const KEPT = 600;

/** States in which nothing is waited for any more. */
export const settled = new Set(["accepted", "cancelled", "closed", "purged"]);
const alarming = new Set(["rejected", "quarantined", "held"]);

/** Keeps the page's memory bounded: the oldest settled ones go first. */
export function prune(applications) {
  for (const [id, one] of applications) {
    if (applications.size <= KEPT) return;
    if (settled.has(one.state)) applications.delete(id);
  }
}

export function render({ applications, status, live }) {
  const counts = live ? status?.queue : null;
  say(at("queue-sum"), counts ? sum(counts) : "");
  const rank = (one) => (alarming.has(one.state) ? 0 : 1);
  const rows = live ? [...applications.values()].sort((a, b) => rank(a) - rank(b) || b.sequence - a.sequence).slice(0, ROWS) : [];
  fill(at("queue-list"), [rows, language(), live], () =>
    rows.length === 0 ? [make("li", { class: "empty" }, live ? t("queueEmpty") : "")] : rows.map(row));
}

function sum(counts) {
  if (counts.waiting === 0) return t("nothingWaits");
  const words = t("waiting", { count: number(counts.waiting) });
  return counts.oldestWaiting ? `${words} · ${t("oldest", { time: ago(counts.oldestWaiting) })}` : words;
}

function row(one) {
  const tone = alarming.has(one.state) ? "bad" : one.state === "accepted" ? "good" : one.problem ? "doubt" : "quiet";
  const { title, note } = one.problem ? both(one.problem) : {};
  return make("li", { "data-tone": tone },
    make("span", { class: "receipt" }, one.receiptNumber),
    make("span", { class: "time" }, clockTime(one.capturedAt)),
    make("span", { class: "state" }, stateWord(one)),
    title ? make("span", { class: "why" }, `${title}. ${note}.`) : null);
}

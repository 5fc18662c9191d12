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

function sum(queue) {
  const words = [queue.waiting === 0 ? t("nothingWaits") : t("waiting", { count: number(queue.waiting) })];
  if (queue.oldestWaiting) words.push(t("oldest", { time: ago(queue.oldestWaiting) }));
  if (queue.counts.accepted) words.push(t("acceptedSoFar", { count: number(queue.counts.accepted) }));
  return words.join(" · ");
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

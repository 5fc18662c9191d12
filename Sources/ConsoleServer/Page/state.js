// The station's own view: every part with how it stands and what to do about it, the intake session, one's own password.

import { at, fill, make, say } from "./dom.js";
import { ask } from "./link.js";
import { sentence } from "./sign.js";
import { ago, both, clockTime, date, language, number, t, until, vietnamDay } from "./strings.js";

const DAY = 86_400_000;
const FIGURES = ["taken", "transmitted", "accepted", "rejected", "waiting", "setAside"];

/** Which part a problem of the status is about. */
const PARTS = [
  ["reader", /^(reader|card|portrait)-/], ["disk", /^(disk|store|applications)-/], ["clock", /^clock-/],
  ["keys", /key|certificate|credential/], ["network", /^(network|transmission|reply)-/], ["upstream", /^(upstream|item)-/],
];
const partOf = (code) => (code === "server-certificate-invalid" ? "network" : PARTS.find(([, test]) => test.test(code))?.[0] ?? "upstream");

let summary = null;
let asked = null; // the session that the figures are of

export function forget() {
  summary = null;
  asked = null;
}

/** Asks for the figures of the open session. */
export async function open(state, changed) {
  const shift = state.shift?.shiftId;
  if (!shift) return forget();
  try {
    const answer = await ask(`/api/shifts/${encodeURIComponent(shift)}/summary`);
    if (state.shift?.shiftId !== shift) return;
    [summary, asked] = [answer, shift];
    changed();
  } catch { /* the view says that there are no figures */ }
}

const daysTo = (end, status) => Math.floor((Date.parse(end) - Date.parse(status.clock.now)) / DAY);
const days = (end, status) => {
  const left = daysTo(end, status);
  return left < 0 ? t("over", { day: date(vietnamDay(end)) }) : t("daysLeft", { count: number(left), day: date(vietnamDay(end)) });
};

/** The parts with what is measured: tone, name, lines. What somebody has to do comes from the station's problems. */
function parts({ status, readers, live }) {
  if (!live || !status) return [];
  const list = readers ?? status.readers;
  const { uplink, clock, intake, queue } = status;
  const reader = !list.serviceRunning ? [t("gauge.serviceDown")]
    : list.readers.length === 0 ? [t("gauge.none")]
    : list.readers.map((each) => `${each.name}: ${t(`holds.${each.state}`)}`);
  const keys = [[uplink.recipientKeyNotAfter, "sealingKey"], [uplink.certificateNotAfter, "certificate"]]
    .map(([end, key]) => `${t(key)}: ${end ? days(end, status) : t("noFigures")}`);
  const found = {
    reader: [reader, list.serviceRunning && list.readers.length && !list.readers.some((each) => each.state === "mute") ? "good" : "bad"],
    network: [[uplink.lastAnswer ? t("lastAnswer", { time: ago(uplink.lastAnswer) }) : t("noAnswerYet")], "good"],
    upstream: [[uplink.state === "waiting" && uplink.nextAttempt ? t("uplink.waiting", { time: until(uplink.nextAttempt) })
      : t(uplink.state === "open" && queue.waiting === 0 ? "uplink.idle" : uplink.state === "waiting" ? "gauge.uplink.waiting" : `uplink.${uplink.state}`),
    queue.waiting === 0 ? t("nothingWaits") : t("waiting", { count: number(queue.waiting) }) + (queue.oldestWaiting ? `, ${t("oldest", { time: ago(queue.oldestWaiting) })}` : "")],
    { waiting: "doubt", stopped: "bad", unconfigured: "bad" }[uplink.state] ?? "good"],
    disk: [[intake.accepting ? t("gauge.left", { count: number(intake.applicationsLeft) }) : t("gauge.notAccepting")], intake.accepting ? (intake.applicationsLeft < 200 ? "doubt" : "good") : "bad"],
    clock: [[`${date(vietnamDay(clock.now))} ${clockTime(clock.now)} ${clock.quality === "synchronized" ? "" : t(`clock.${clock.quality}`)}`.trim(),
      clock.quality === "unsynchronized" ? t("clockAdvice") : ""], { synchronized: "good", unsynchronized: "doubt", suspect: "bad" }[clock.quality]],
    keys: [keys, [uplink.recipientKeyNotAfter, uplink.certificateNotAfter].some((end) => end && daysTo(end, status) < 14) ? "doubt" : "good"],
  };
  const problems = [...status.problems];
  if (uplink.problem && !problems.some((each) => each.code === uplink.problem.code)) problems.push(uplink.problem);
  return Object.entries(found).map(([name, [lines, tone]]) => {
    const own = problems.filter((each) => partOf(each.code) === name);
    const rule = own.every((each) => each.code.startsWith("transmission-"));
    return { name, lines: lines.filter(Boolean), tone: own.length && tone === "good" ? (rule ? "doubt" : "bad") : tone, problems: own };
  });
}

export function render(state) {
  if (at("station-view").hidden) return;
  const { shift, status, live } = state;
  const list = parts(state);
  fill(at("parts"), [list, language()], () => list.map(({ name, lines, tone, problems }) =>
    make("li", { "data-tone": tone }, make("h3", {}, t(`part.${name}`)), make("span", { class: "tone" }, t(`tone.${tone}`)),
      ...lines.map((line) => make("p", {}, line)),
      ...problems.map((problem) => make("p", { class: "remedy" }, make("strong", {}, `${both(problem).title}. `), `${both(problem).note}. `, make("code", {}, problem.code))))));
  const facts = shift ? [["shiftPlace", `${shift.team}, ${shift.point}`], ["responsible", shift.responsible], ["shiftPeople", shift.operators.join(", ")], ["openedAt", `${date(vietnamDay(shift.openedAt))} ${clockTime(shift.openedAt)}`]] : [];
  fill(at("shift-facts"), [facts, language()], () => facts.map(([key, text]) => make("div", {}, make("dt", {}, t(key)), make("dd", {}, text))));
  say(at("shift-none"), shift ? "" : t("noShift"));
  const figures = shift && asked === shift.shiftId ? summary : null;
  fill(at("shift-figures"), [figures, language()], () => (figures ? [
    ...FIGURES.map((name) => make("div", {}, make("dt", {}, t(`figure.${name}`)), make("dd", {}, number(figures[name])))),
    ...figures.byOperator.map((each) => make("div", {}, make("dt", {}, t("takenBy", { name: each.operatorId })), make("dd", {}, number(each.taken)))),
  ] : []));
  say(at("shift-note"), figures ? t(figures.provisional ? "figuresProvisional" : "figuresAsOf", { time: clockTime(figures.asOf) }) : "");
  at("station-open").hidden = Boolean(shift);
  at("hand-over").hidden = !shift || !live;
  say(at("software"), status ? t("softwareIs", { version: status.software, station: status.stationId }) : "");
  at("others").hidden = state.person?.role !== "supervisor" || !live;
  say(at("station-said"), state.notice ? sentence(state.notice) : "");
}

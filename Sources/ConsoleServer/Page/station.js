// The station: reader, uplink, disk, clock, and what needs attention, each with its remedy.

import { at, fill, make, say } from "./dom.js";
import { ago, both, clockTime, language, number, t, until } from "./strings.js";

export function render(state) {
  const { status, live, readers } = state;
  say(at("station-id"), status?.stationId ?? "");
  const gauges = live && status ? gaugesOf(status, readers) : [];
  fill(at("gauges"), gauges, () =>
    gauges.map(([tone, label, text]) =>
      make("li", { "data-tone": tone }, make("span", { class: "gauge-label" }, label), make("span", {}, text))));
  problems(live ? status?.problems ?? [] : []);
  tick(state);
}

/** The texts that change with time alone. */
export function tick({ status, live }) {
  const uplink = live ? status?.uplink : null;
  say(at("uplink-state"), uplink ? uplinkState(uplink, status.queue.waiting) : t("noFigures"));
  at("uplink-state").dataset.tone = uplink ? { stopped: "bad", waiting: "doubt", unconfigured: "bad" }[uplink.state] ?? "good" : "quiet";
  const notes = [];
  // A problem that the list above already tells is not told twice.
  if (uplink?.problem && !status.problems.some((each) => each.code === uplink.problem.code)) {
    const { title, note } = both(uplink.problem);
    notes.push(`${title}. ${note}.`);
  }
  if (uplink) notes.push(uplink.lastAnswer ? t("lastAnswer", { time: ago(uplink.lastAnswer) }) : t("noAnswerYet"));
  if (uplink) {
    for (const [end, key] of [[uplink.recipientKeyNotAfter, "sealingKeyDays"], [uplink.certificateNotAfter, "certificateDays"]]) {
      const days = end ? Math.floor((Date.parse(end) - Date.parse(status.clock.now)) / 86_400_000) : Infinity;
      if (days >= 0 && days < 60) notes.push(t(key, { days }));
    }
  }
  say(at("uplink-note"), notes.join(" "));
}

function uplinkState(uplink, waiting) {
  if (uplink.state === "open" && waiting === 0) return t("uplink.idle");
  if (uplink.state === "waiting" && uplink.nextAttempt) return t("uplink.waiting", { time: until(uplink.nextAttempt) });
  return t(uplink.state === "waiting" ? "gauge.uplink.waiting" : `uplink.${uplink.state}`);
}

function gaugesOf(status, readers) {
  const list = readers ?? status.readers;
  const reader = !list.serviceRunning ? ["bad", t("gauge.serviceDown")]
    : list.readers.length === 0 ? ["bad", t("gauge.none")]
    : list.readers.some((each) => each.state === "mute") ? ["doubt", t("gauge.mute")]
    : ["good", list.readers.length === 1 ? t("gauge.ready") : t("gauge.readers", { count: list.readers.length })];
  const left = status.intake.applicationsLeft;
  const disk = !status.intake.accepting ? ["bad", t("gauge.notAccepting")]
    : [left < 200 ? "doubt" : "good", t("gauge.left", { count: number(left) })];
  const uplink = { stopped: "bad", unconfigured: "bad", waiting: "doubt" }[status.uplink.state] ?? "good";
  const quality = { synchronized: "good", unsynchronized: "doubt", suspect: "bad" }[status.clock.quality];
  return [
    [reader[0], t("gauge.reader"), reader[1]],
    [uplink, t("gauge.uplink"), t(`gauge.uplink.${status.uplink.state}`)],
    [disk[0], t("gauge.disk"), disk[1]],
    [quality, t("gauge.clock"), `${clockTime(status.clock.now)} ${quality === "good" ? "" : t(`clock.${status.clock.quality}`)}`.trim()],
  ];
}

function problems(list) {
  at("problems").hidden = list.length === 0;
  fill(at("problem-list"), [list, language()], () =>
    list.map((problem) => {
      const { title, note } = both(problem);
      return make("li", {}, make("strong", {}, title), make("span", { class: "remedy" }, note),
        make("code", {}, problem.code));
    }));
}

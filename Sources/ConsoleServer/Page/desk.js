// The desk: reader and card, the citizen's data as it is read, the verdict in words.

import { at, fill, make, say, wipe } from "./dom.js";
import { both, date, fieldWords, reason, stateWord, t, vietnamToday, years } from "./strings.js";

const PHASES = [
  "openingChip", "provingAccess", "readingSecurityObject", "provingChip", "readingText", "readingPortrait",
];

/** The checks that are always shown, each on its own line. */
const MAIN = new Set(["passiveAuthentication", "chipAuthentication", "activeAuthentication"]);

let portraitOf = null; // the read whose portrait is shown or being fetched
let portraitURL = null;
let portraitFailed = null; // the read whose portrait could not be had

/** Removes everything about the citizen from the page, the portrait's memory included. */
export function forget() {
  at("person").hidden = true;
  at("checks").hidden = true;
  for (const id of ["name", "number", "facts", "check-list", "more-check-list", "portrait-note"]) wipe(at(id));
  const image = at("portrait");
  image.hidden = true;
  image.removeAttribute("src");
  image.alt = "";
  if (portraitURL) URL.revokeObjectURL(portraitURL);
  portraitURL = null;
  portraitOf = null;
  portraitFailed = null;
}

/** What the stage says: picture, tone, title, note, and whether a read is under way. */
function stage(state) {
  const { read, reader, readers, live, problem, status } = state;
  if (!live) {
    return problem
      ? { picture: "away", tone: "bad", ...both(problem) }
      : { picture: "idle", tone: "quiet", title: t("connecting"), note: t("connectingNote") };
  }
  if (readers && !readers.serviceRunning) {
    return { picture: "away", tone: "bad", title: t("serviceDown"), note: t("serviceDownNote") };
  }
  if (!reader) return { picture: "away", tone: "bad", title: t("noReader"), note: t("noReaderNote") };
  if (state.receipt) {
    const one = state.applications.get(state.receiptOf.itemId);
    if (state.receiptOf.isReprint) return { picture: "idle", tone: "quiet", title: t("reprint"), note: one ? stateWord(one) : "" };
    const isHeld = one?.state === "held";
    const title = t(isHeld ? "savedHeld" : one?.state === "accepted" ? "savedAndAccepted" : "saved");
    return { picture: isHeld ? "doubt" : "good", tone: isHeld ? "doubt" : "good", title,
      note: t(reader.state === "empty" ? "receiptNote" : "giveBack") };
  }
  if (state.inDoubt) return { picture: "doubt", tone: "doubt", title: t("saveDoubt"), note: t("saveDoubtNote") };
  // Of an expired card the day is said too.
  if (state.refusal && !isExpired(read?.citizen, status)) return refused(state.refusal);
  if (read?.state === "suspended") {
    return { picture: "place", tone: "doubt", title: t("suspended"), note: t("suspendedNote") };
  }
  if (read?.torn) return { picture: "place", tone: "doubt", title: t("torn"), note: t("tornNote") };
  if (read?.state === "reading") {
    return { picture: "hold", tone: "busy", title: t("reading"), note: read.slowPhase ? t("slow") : t(`phase.${read.phase}`, null, ""), busy: true };
  }
  if (read?.state === "failed" && reader.state !== "empty") {
    const words = read.problem ? both(read.problem) : { title: t("unreadable"), note: t("unreadableNote") };
    return { picture: "bad", tone: "bad", ...words };
  }
  if (read?.state === "saved") return { picture: "good", tone: "good", title: t("saved"), note: t("giveBack") };
  if (read?.state === "finished") return finished(read, status);
  if (reader.state === "mute") return { picture: "bad", tone: "bad", title: t("mute"), note: t("muteNote") };
  if (reader.state === "empty") return { picture: "place", tone: "quiet", title: t("place"), note: t("placeNote") };
  return { picture: "hold", tone: "quiet", title: t("cardPresent"), note: t("cardPresentNote") };
}

/** Somebody for whom no application can be made, in the station's words. */
function refused({ fields, problem }) {
  if (problem) return { picture: "bad", tone: "bad", ...both(problem) };
  const words = fields.map(fieldWords);
  return { picture: "bad", tone: "bad", title: [...new Set(words)].join("; "), note: t(`remedy.${fields[0].code}`, null, t("cannotApply")) };
}

function finished(read, status) {
  const expired = isExpired(read.citizen, status);
  if (read.verdict === "failed") {
    const cause = read.findings.find((finding) => finding.verdict === "failed");
    return { picture: "bad", tone: "bad", title: t("verdict.failed"), note: cause ? reason(cause) : "" };
  }
  if (expired) {
    return { picture: "bad", tone: "bad", title: t("expired", { date: date(read.citizen.expires) }), note: t("expiredNote") };
  }
  if (read.verdict === "passed") {
    return { picture: "good", tone: "good", title: t("verdict.passed"), note: t("verdict.passedNote") };
  }
  const gap = read.findings.find((finding) => finding.verdict === "notDetermined");
  return { picture: "doubt", tone: "doubt", title: t("verdict.notDetermined"), note: gap ? reason(gap) : "" };
}

/** By the station's clock, which may be wrong: the expiry date itself is always shown beside it. */
function isExpired(citizen, status) {
  return Boolean(citizen?.expires && status && citizen.expires < vietnamToday(status));
}

/** Shows the desk; returns what a screen reader says of it. */
export function render(state) {
  const scene = stage(state);
  at("stage").dataset.tone = scene.tone;
  at("picture").setAttribute("href", `#${scene.picture}`);
  say(at("stage-title"), scene.title);
  say(at("stage-note"), scene.note ?? "");
  const holders = (state.readers?.readers ?? []).filter((each) => each.state !== "empty");
  const holder = holders.find((each) => each.id === state.read?.reader) ?? state.reader;
  say(at("stage-reader"), holders.length > 1 && holder ? t("atReader", { name: holder.name }) : "");
  at("desk").setAttribute("aria-busy", scene.busy ? "true" : "false");
  progress(scene.busy ? state.read : null);
  person(state);
  checks(state.read, state.form);
  return scene.title;
}

function progress(read) {
  at("progress").hidden = !read;
  if (!read) return;
  const reached = PHASES.indexOf(read.phase);
  const file = read.progress.at(-1);
  const share = file && file.total > 0 ? Math.min(1, file.done / file.total) : 0;
  at("progress-bar").value = Math.round(((Math.max(0, reached) + share) / PHASES.length) * 100);
  fill(at("phases"), ["phases", read.phase, t("phase.provingAccess")], () =>
    PHASES.map((phase, index) =>
      make("li", { "data-step": index < reached ? "done" : index === reached ? "now" : "next",
        "aria-current": index === reached ? "step" : null }, t(`step.${phase}`))));
}

function person({ read, status }) {
  const citizen = read?.citizen;
  at("person").hidden = !citizen;
  if (!citizen) return;
  say(at("name"), citizen.name);
  say(at("number"), citizen.number.replace(/^(\d{3})(\d{3})(\d{3})(\d{3})$/, "$1 $2 $3 $4"));
  const age = years(citizen.birth, status);
  const rows = [
    [t("birth"), date(citizen.birth) + (age === null ? "" : ` (${t("age", { age })})`)],
    [t("sex"), citizen.sex === "male" ? t("male") : citizen.sex === "female" ? t("female") : citizen.sex],
    [t("nationality"), citizen.nationality],
    [t("residence"), citizen.residence, "wide"],
    [t("issued"), citizen.issued ? date(citizen.issued) : t("notOnChip")],
    [t("expires"), citizen.isUnlimited ? t("noExpiry") : citizen.expires ? date(citizen.expires) : t("notOnChip"), isExpired(citizen, status) ? "alarm" : ""],
  ];
  fill(at("facts"), rows, () =>
    rows.map(([term, text, kind]) => make("div", { class: kind || (text === t("notOnChip") ? "lacks" : null) }, make("dt", {}, term), make("dd", {}, text))));
  portrait(read);
}

async function portrait(read) {
  const missing = read.state === "finished" && !read.portraitAvailable;
  say(at("portrait-note"), portraitURL ? "" : missing || portraitFailed === read.id ? t(read.portrait === "absent" ? "portraitAbsent" : "noPortrait") : t("portraitComing"));
  if (!read.portraitAvailable || portraitOf === read.id) return;
  portraitOf = read.id;
  try {
    const response = await fetch(`/api/reads/${encodeURIComponent(read.id)}/portrait`, { cache: "no-store" });
    if (!response.ok) throw new Error(String(response.status));
    const picture = await response.blob();
    if (portraitOf !== read.id) return; // forgotten meanwhile
    portraitURL = URL.createObjectURL(picture);
    const image = at("portrait");
    image.src = portraitURL;
    image.alt = t("portrait");
    image.hidden = false;
    say(at("portrait-note"), "");
  } catch {
    if (portraitOf !== read.id) return;
    portraitFailed = read.id;
    say(at("portrait-note"), t("noPortrait"));
  }
}

function checks(read, form) {
  const shown = read && (read.state === "reading" || read.state === "finished") && (read.access || read.findings.length);
  at("checks").hidden = !shown;
  if (!shown) return;
  const rows = [];
  if (read.access) {
    const { protocol, credential, cipher, downgradeReason } = read.access;
    rows.push({
      verdict: downgradeReason ? "notDetermined" : "passed",
      title: t("access", { protocol, cipher }),
      minor: form && !downgradeReason,
      note: downgradeReason ? t("downgrade", { reason: reason({ reason: downgradeReason }) }) : t("accessBy", { credential }),
    });
  }
  for (const finding of read.findings) {
    rows.push({ verdict: finding.verdict, title: t(`check.${finding.check}`, null, finding.check), note: reason(finding),
      minor: finding.verdict === "passed" && (form || !MAIN.has(finding.check)) });
  }
  // What needs a look comes first; the many small checks that passed are one line that opens.
  const weight = (row) => ({ failed: 0, notDetermined: 1, passed: 2 })[row.verdict];
  const major = rows.filter((row) => !row.minor).sort((a, b) => weight(a) - weight(b));
  const minor = rows.filter((row) => row.minor);
  fill(at("check-list"), [major, t("passed")], () => major.map(checkRow));
  at("more-checks").hidden = minor.length === 0;
  say(at("more-checks-title"), t(major.length ? "passedChecks" : "allPassed", { count: minor.length }));
  fill(at("more-check-list"), [minor, t("passed")], () => minor.map(checkRow));
}

function checkRow({ verdict, title, note }) {
  return make("li", { "data-verdict": verdict },
    make("span", { class: "mark", role: "img", "aria-label": t(verdict) }),
    make("span", { class: "check-title" }, title),
    make("span", { class: "check-word" }, t(verdict)),
    note ? make("span", { class: "check-note" }, note) : null);
}

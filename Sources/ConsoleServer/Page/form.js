// The application: phone, consent, review, save, one question at a time. What the rules are is the station's business: the
// page asks it beforehand, with an application that cannot be saved because the consent is not in it.

import { send } from "./link.js";
import { at, fill, make, say, wipe as empty } from "./dom.js";
import { both, date, fieldWords, groups, isoDate, language, t } from "./strings.js";
import { readKeys } from "./scanner.js";
import * as camera from "./camera.js";
import * as special from "./special.js";

const STEPS = ["manual", "phone", "consent", "review"];
/** After these nobody knows whether the application was saved; every other problem says that it was not. */
const DOUBTFUL = new Set(["station-unreachable", "internal-fault", "station-stopping"]);

let draft = null;
let shown = null;
let on = null;
let keyed = [];

export const isOpen = () => Boolean(draft);
/** Whether it is typed by hand: no read closes it. */
export const isByHand = () => Boolean(draft?.manual);
/** Whether there is something to ask: not before the station has said that the person may apply. */
export const isShown = () => Boolean(draft && (draft.manual || draft.isJudged) && !draft.refusal);
/** Whether the operator has begun: a card that leaves the reader ends nothing then. */
export const isBegun = () => Boolean(draft && (draft.manual || draft.begun));
/** Whether it is being saved, or nobody knows whether it was. */
export const isInDoubt = () => Boolean(draft?.isSaving || draft?.isUnknown);
/** The newest application before the first try to save this one. */
export const savedBefore = () => draft?.after;
export const isUnknown = () => Boolean(draft?.isUnknown);
/** What forbids an application of this person; null when nothing does. */
export const refusal = () => (draft && !draft.manual ? draft.refusal : null);

/** Forgets the application and empties every field of it. */
export function wipe() {
  draft = null;
  for (const field of keyed) field.clear();
  for (const step of STEPS) at(`step-${step}`).reset();
  for (const id of ["review", "read-back", "phone-groups", "work-problems"]) empty(at(id));
  special.wipe();
  camera.wipe();
}

/** Follows the read: a finished one opens an application, everything else closes it. */
export function follow(read, isDismissed) {
  if (draft?.manual) return;
  askOnce(read);
  const isUsable = read?.state === "finished" && read.verdict !== "failed" && !isDismissed;
  if (draft && draft.readId !== read?.id) {
    if (!isInDoubt() || (read && read.state !== "saved")) wipe();
  } else if (draft && !isUsable && !isInDoubt()) wipe();
  if (draft || !isUsable) return;
  draft = { readId: read.id, step: "phone", problems: [], refusal: null };
  judge();
}

/** Where the station says that it was saved, only the receipt is missing: the page asks for it once of its own accord. */
function askOnce(read) {
  if (!draft?.isUnknown || draft.busy || draft.hasAsked || read?.id !== draft.readId || read?.state !== "saved") return;
  draft.hasAsked = true;
  queueMicrotask(() => draft?.isUnknown && !draft.busy && save());
}

/** An application without the chip. */
export function byHand() {
  wipe();
  draft = { manual: true, step: "manual", problems: [] };
  at("manual-nationality").value = "VNM";
}

const value = (id) => at(id).value.trim();
const some = (text) => text || undefined;

function submission() {
  const { description } = on.state;
  const representative = special.representative(value("phone"));
  const answer = at("step-consent").elements.answer.value;
  const body = {
    declared: {
      phone: representative ? undefined : some(value("phone")), email: some(value("email")),
      integrations: special.integrations(), noSmartphone: at("no-smartphone").checked,
    },
    representative, matches: special.matches(), overrides: special.overrides(),
    supersedes: on.state.replaced?.itemId, attachments: camera.attachments(),
  };
  if (draft.manual) body.manual = manual();
  else body.readId = draft.readId;
  if (answer && answer !== "refused" && description) {
    const { version, sha256, language: tongue } = description.consent;
    const witness = answer === "witnessed" && value("witness-name")
      ? { fullName: value("witness-name"), personalNumber: some(value("witness-number")) } : undefined;
    body.consent = {
      granted: true, textVersion: version, textSHA256: sha256, language: tongue, confirmation: answer,
      readAloud: answer === "witnessed" ? at("read-aloud").checked : undefined, witness,
    };
  }
  return body;
}

function manual() {
  return {
    personalNumber: value("manual-number"), fullName: value("manual-name"), birthDate: isoDate(value("manual-birth")) ?? value("manual-birth"),
    sex: at("step-manual").elements["manual-sex"].value, nationality: value("manual-nationality").toUpperCase(),
    residence: some(value("manual-residence")), issueDate: some(isoDate(value("manual-issue")) ?? value("manual-issue")),
    expiry: value("manual-expiry") ? isoDate(value("manual-expiry")) ?? value("manual-expiry") : "none", reason: value("manual-reason"),
  };
}

/** Asks the station what stands against an application as far as it goes. Without consent nothing is ever saved. */
async function judge() {
  const mine = draft;
  if (mine.manual) return true;
  const body = { ...submission(), consent: undefined, overrides: undefined, attachments: undefined };
  if (special.needsSecond(body, false)) body.matches = undefined;
  try {
    await send("/api/applications", body, { "Idempotency-Key": crypto.randomUUID() });
  } catch (problem) {
    if (draft !== mine) return false;
    mine.isJudged = true;
    if (!problem?.code || !problem.fields) {
      mine.problems = [problem?.code ? problem : { key: "noAnswer" }];
      on.changed();
      return false;
    }
    take(problem.fields, problem, true);
  }
  on.changed();
  return true;
}

const isOfPhoneStep = ({ field }) => /^(declared|representative|matches)/.test(field);

/** Sorts what the station found: what forbids, what a person can overrule, what is still to be asked. */
function take(fields, problem, isWhole) {
  special.learn(fields, isWhole);
  draft.found = fields.filter((each) => !special.isOverruled(each) && !each.field.startsWith("consent"));
  const against = draft.found.filter(({ field }) => /^(citizen|card)\b/.test(field) && !draft.manual);
  draft.refusal = against.length ? { fields: against, problem: fields.length === 1 ? problem : null } : null;
}

/** The problems of the fields of one step. */
function problemsOf(step, fields) {
  const isHere = { manual: ({ field }) => /^(manual|citizen)/.test(field), phone: isOfPhoneStep, consent: ({ field }) => field.startsWith("consent") }[step];
  return isHere ? fields.filter(isHere) : [];
}

const form = (step) => at(`step-${step}`);

/** Marks the fields that are wrong, says why, and goes to the first. */
function complain(problems) {
  draft.problems = problems;
  on.changed();
  const wrong = problems.map(({ field }) => fieldOf(field)).find(Boolean);
  if (!wrong) return;
  const details = wrong.closest("details");
  if (details) details.open = true;
  (wrong.matches("fieldset, div") ? wrong.querySelector("input") : wrong)?.focus();
}

function fieldOf(name) {
  if (!name || !draft) return null;
  if (name === "representative") return at("rep-number");
  const all = [...form(draft.step).querySelectorAll("[data-field]")];
  return all.find((each) => each.dataset.field.split(" ").includes(name)) ?? null;
}

async function next() {
  const mine = draft;
  if (!mine || mine.busy) return;
  mine.problems = [];
  if (mine.step === "manual") return go("phone");
  if (mine.step === "phone") {
    mine.begun = true;
    if (!value("phone")) return complain([{ key: "nothingTyped", values: { field: t("phone") }, field: "declared.phone" }]);
    const silent = special.silentMatch();
    if (silent) return complain([{ key: "nothingTyped", values: { field: t("notObtainableReason") }, field: silent }]);
    mine.busy = true;
    on.changed();
    const isKnown = await judge();
    if (draft !== mine) return;
    mine.busy = false;
    if (!isKnown) return on.changed();
    const wrong = problemsOf("phone", mine.found ?? []);
    return wrong.length ? complain(wrong) : go("consent");
  }
  if (mine.step === "consent") {
    const answer = form("consent").elements.answer.value;
    if (!answer) return complain([{ key: "answerMissing", field: "consent.granted" }]);
    if (answer === "refused") return complain([{ key: "answerRefused", field: "consent.granted" }]);
    if (answer === "witnessed" && !value("witness-name")) return complain([{ key: "nothingTyped", values: { field: t("witnessName") }, field: "consent.witness" }]);
    return go("review");
  }
  return save();
}

function go(step) {
  draft.step = step;
  draft.problems = [];
  on.changed();
}

function back() {
  if (!draft || draft.busy || draft.isUnknown) return;
  const before = STEPS[STEPS.indexOf(draft.step) - 1];
  if (before && (before !== "manual" || draft.manual)) go(before);
}

/** One key for one content: a repetition gets the first answer, and another content is never taken for it. */
async function save() {
  const mine = draft;
  const body = submission();
  const text = JSON.stringify(body);
  const needsSecond = special.needsSecond(body, mine.manual);
  const signature = needsSecond ? special.signature() : null;
  if (needsSecond && !signature) return complain([{ key: "secondMissing", id: "second-name" }]);
  if (mine.sent?.text !== text) mine.sent = { text, key: crypto.randomUUID() };
  mine.after ??= on.state.lastSequence;
  mine.busy = true;
  mine.isSaving = true;
  on.changed();
  try {
    const saved = await send("/api/applications", body, { "Idempotency-Key": mine.sent.key, ...signature });
    // Whoever signed out meanwhile is told of it the next time.
    if (draft !== mine) return on.late(saved);
    const number = mine.manual ? value("manual-number") : on.state.read?.citizen?.number ?? mine.number;
    const noSmartphone = body.declared.noSmartphone;
    wipe();
    on.saved(saved, { maskedNumber: number && `${number.slice(0, 3)}*****${number.slice(-4)}`, noSmartphone });
  } catch (problem) {
    if (draft !== mine) return on.late(null);
    special.wipeSecret();
    mine.busy = false;
    mine.isSaving = false;
    mine.isUnknown = !problem?.code || DOUBTFUL.has(problem.code);
    if (mine.isUnknown) {
      complain([{ key: "saveUnknown" }]);
      // The station may have said so while the answer was on its way.
      return askOnce(on.state.read);
    }
    if (!problem.fields) return complain([problem]);
    take(problem.fields, problem, false);
    const step = STEPS.find((each) => problemsOf(each, problem.fields).length);
    if (step === "consent") on.refresh();
    if (step) mine.step = step;
    complain(problem.fields);
  }
}

/** Shows the application; returns its title, null when there is none. */
export function render(state) {
  at("work").hidden = !isShown();
  if (!isShown()) {
    shown = null;
    camera.render(false);
    return null;
  }
  const { step, problems, busy, isUnknown } = draft;
  if (state.read?.citizen) draft.number = state.read.citizen.number;
  const steps = draft.manual ? STEPS : STEPS.slice(1);
  const title = t("stepOf", { step: steps.indexOf(step) + 1, steps: steps.length, title: t(`step.${step}`) });
  say(at("work-title"), title);
  for (const each of STEPS) form(each).hidden = each !== step;
  special.render(state, draft);
  camera.render(step === "review", busy || isUnknown);
  const tone = problems.length === 0 && !isUnknown ? "doubt" : "bad";
  const notes = problems.length ? problems : step === "phone" || step === "review" ? special.warnings() : [];
  at("work-problems").dataset.tone = busy ? "quiet" : tone;
  fill(at("work-problems"), [notes, busy, language()], () => (busy ? [make("p", {}, t("working"))] : notes.map((each) => make("p", {}, sentence(each)))));
  const wrong = new Set(problems.map(({ field }) => fieldOf(field)));
  for (const each of form(step).querySelectorAll("input, select")) {
    const box = each.closest("[data-field]");
    if (wrong.has(each) || (box && wrong.has(box))) each.setAttribute("aria-invalid", "true");
    else each.removeAttribute("aria-invalid");
    if (step === "review") each.disabled = Boolean(busy);
  }
  say(at("phone-label"), t(at("has-representative").checked ? "repPhone" : "phone"));
  say(at("phone-groups"), groups(value("phone")));
  say(at("read-back"), groups(value("phone")));
  say(at("consent-text"), state.description?.consent.text ?? "");
  at("consent-text").lang = state.description?.consent.language ?? "vi";
  at("witness").hidden = form("consent").elements.answer.value !== "witnessed";
  say(at("save"), t(isUnknown ? "askAgain" : "save"));
  at("review-note").hidden = draft.manual;
  say(at("beside"), draft.manual && state.beside ? t("cardBeside") : "");
  if (step === "review") review();
  if (shown !== step) {
    shown = step;
    scrollTo(0, 0);
    first(step).focus();
  }
  return title;
}

/** Where the keyboard goes when a step comes. */
function first(step) {
  if (step === "review") return at("co-sign").hidden ? form(step).querySelector("#overrides input") ?? at("save") : form(step).querySelector("#overrides input, #second-name") ?? at("save");
  if (step === "consent") {
    const { answer } = form(step).elements;
    return [...answer].find((each) => each.checked) ?? answer[0];
  }
  return form(step).querySelector("input");
}

function sentence(problem) {
  if (problem.key) return t(problem.key, problem.values);
  if (problem.messageVi) return fieldWords(problem);
  const { title, note } = both(problem);
  return `${title}. ${note}.`;
}

/** What the citizen is to look at before the save. */
function review() {
  const body = submission();
  const rows = [];
  const row = (key, text, kind) => { if (text) rows.push([t(key), text, kind]); };
  if (draft.manual) {
    const { personalNumber, fullName, birthDate, sex, residence, expiry } = body.manual;
    row("fullName", fullName, "strong");
    row("personalNumber", personalNumber);
    row("birth", date(birthDate));
    row("sex", sex && t(sex));
    row("residence", residence);
    row("expires", expiry === "none" ? t("noExpiry") : date(expiry));
  }
  row(body.representative ? "repPhone" : "phone", groups(value("phone")), "groups");
  row("email", body.declared.email);
  row("integrations", (body.declared.integrations ?? []).map((each) => t(`integration.${each}`, null, each)).join(", "));
  row("noSmartphone", body.declared.noSmartphone && t("yes"));
  if (body.representative) row("representative", body.representative.fullName);
  row("consent", body.consent && t(`answer.${body.consent.confirmation}`));
  row("witnessName", body.consent?.witness?.fullName);
  for (const [key, result] of Object.entries(body.matches ?? {})) row(key === "face" ? "face" : "finger", result && t(result.outcome));
  fill(at("review"), [rows], () => rows.map(([term, text, kind]) => make("div", {}, make("dt", {}, term), make("dd", { class: kind ?? null }, text))));
}

export function listen(hooks) {
  on = hooks;
  const onEnter = () => next();
  at("step-phone").addEventListener("input", () => { if (draft) draft.begun = true; });
  const digits = (id, allows, most) => readKeys(at(id), {
    allows, most, done: onEnter,
    changed: () => {
      if (!draft) return;
      if (value(id)) draft.begun = true;
      on.changed();
    },
  });
  keyed = [
    digits("phone", /[0-9+]/, 13), digits("rep-number", /[0-9]/, 12), digits("witness-number", /[0-9]/, 12),
    digits("manual-number", /[0-9]/, 12), digits("manual-birth", /[0-9/]/, 10), digits("manual-issue", /[0-9/]/, 10),
    digits("manual-expiry", /[0-9/]/, 10),
  ];
  for (const step of STEPS) {
    form(step).addEventListener("submit", (event) => {
      event.preventDefault();
      next();
    });
    form(step).addEventListener("change", () => draft && on.changed());
  }
  for (const button of document.querySelectorAll("[data-back]")) button.addEventListener("click", back);
  for (const button of document.querySelectorAll("[data-drop]")) button.addEventListener("click", () => on.dropped());
  at("work").addEventListener("keydown", (event) => {
    if (event.key === "Escape") back();
  });
  special.listen();
  camera.listen(hooks);
}

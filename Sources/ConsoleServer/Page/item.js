// One application: what it waits for, what has to be done, and what may be done. The station decides whether it may; the page
// only offers what can be meant.

import { at, fill, make, say, wipe } from "./dom.js";
import { ask, send } from "./link.js";
import { choice, field, second, sentence, signature } from "./sign.js";
import { both, clockTime, date, language, number, stateWord, t, until, vietnamDay } from "./strings.js";

const VERBS = {
  retry: ["saved", "deferred", "unknown"],
  release: ["held", "quarantined", "rejected", "exported"],
  amend: ["saved", "batched", "sent", "accepted", "deferred", "held", "unknown", "rejected", "quarantined", "exported"],
  again: ["accepted", "held", "unknown", "rejected", "quarantined", "exported"],
  hold: ["saved", "deferred"],
  cancel: ["saved", "deferred", "held"],
  withdraw: ["saved", "batched", "sent", "accepted", "deferred", "held", "unknown", "rejected", "quarantined", "exported"],
  close: ["saved", "rejected", "deferred", "held", "unknown", "quarantined", "exported"],
  forget: null,
};
/** What is meant most often stands open, the rest behind a word. */
const FIRST = {
  saved: ["hold", "amend"], deferred: ["retry", "amend"], unknown: ["retry"], held: ["release", "amend", "close"],
  rejected: ["amend", "again", "close"], quarantined: ["again", "amend", "close"], exported: ["release"], accepted: ["amend"],
};
/** What corrects an application; the message by which its citizen withdrew it is nobody's to correct. */
const CORRECTING = ["amend", "again", "withdraw"];
const isWithdrawal = () => Boolean(detail?.history.some((each) => each.action === "item.saved" && each.detail === "withdrawn"));
const REASONS = {
  hold: ["document-awaited", "data-wrong", "not-matched", "unverified", "supervisor-review", "citizen-request"],
  release: ["settled", "operator-mistake", "citizen-request"],
  cancel: ["citizen-request", "data-wrong", "duplicate", "operator-mistake", "training"],
  close: ["superseded", "duplicate", "taken-elsewhere", "withdrawn", "cannot-be-sent", "settled", "training"],
};

let id = null;
let detail = null;
let verb = null; // the question that stands open
let key = null; // makes a repetition of it the same request
let said = null;
let running = null; // the order whose answer is awaited here; leaving the application ends the waiting, not the order
let missed = null; // an order that failed after its application was left; its number, and what was wanted
let changed = () => {};

export const shown = () => id;

function ask_(next) {
  verb = next;
  key = crypto.randomUUID();
  said = null;
}

export function close() {
  id = null;
  detail = null;
  running = null;
  ask_(null);
  at("item").hidden = true;
  for (const part of ["item-title", "item-state", "item-wait", "item-said", "item-facts", "item-verbs", "item-form"]) wipe(at(part));
}

/** What became of an order whose application was left before the answer came; the one who gave it is told. */
export const missedBy = (person) => (missed && person?.operatorId === missed.person
  ? t("orderMissed", { number: missed.number, verb: t(`verb.${missed.verb}`), why: sentence(missed.problem) }) : "");

export async function open(next) {
  close();
  if (missed?.id === next) missed = null;
  id = next;
  changed();
  at("item-title").focus();
  await load();
}

async function load() {
  const asked = id;
  try {
    const answer = await ask(`/api/applications/${encodeURIComponent(asked)}`);
    if (asked === id) detail = answer;
  } catch (problem) {
    if (asked === id) said = { tone: "bad", text: sentence(problem) };
  }
  changed();
}

/** Something happened to an application. */
export function heard(one) {
  if (one.itemId === id && !running) load();
}

const moment = (iso) => `${date(vietnamDay(iso))} ${clockTime(iso)}`;
const who = (actor) => actor.replace(/^op:/, "");

export function render(state) {
  at("item").hidden = !id;
  // A receipt takes the desk's place: not while somebody stands there.
  const one = state.applications.get(id) ?? detail?.summary;
  at("item-receipt").hidden = Boolean(state.form) || ["cancelled", "closed"].includes(one?.state) || isWithdrawal();
  if (!id || !one) return;
  say(at("item-title"), t("receipt", { number: one.receiptNumber }));
  say(at("item-state"), stateWord(one));
  at("item-state").dataset.tone = ["held", "rejected", "quarantined"].includes(one.state) ? "bad" : one.state === "accepted" ? "good" : "quiet";
  tick(state);
  fill(at("item-facts"), [one, detail, language()], () => facts(one));
  fill(at("item-verbs"), [one.state, one.attempts, verb, isWithdrawal(), language()], () => verbs(one));
  const question = verb === "retry" ? null : verb;
  fill(at("item-form"), [id, question, language()], () => (question ? form(state) : []));
  at("item-form").hidden = !question;
  // One question at a time: it stands where the choice was.
  for (const part of ["item-verbs", "item-facts"]) at(part).hidden = Boolean(question);
  say(at("item-said"), said?.text ?? "");
  at("item-said").dataset.tone = said?.tone ?? "quiet";
}

/** The words that change with time alone. */
export function tick(state) {
  const one = state.applications.get(id) ?? detail?.summary;
  if (!id || !one) return;
  const words = [t(`wait.${one.state}`, one.nextAttempt ? { time: until(one.nextAttempt) } : { time: t("soon") })];
  if (one.problem && one.state !== "rejected") {
    const { title, note } = both(one.problem);
    words.unshift(`${title}. ${note}.`);
  }
  say(at("item-wait"), words.join(" "));
}

function facts(one) {
  const list = [["capturedAt", moment(one.capturedAt)], ["stateSince", one.stateSince && moment(one.stateSince)]];
  if (one.state === "rejected" && one.problem?.detail) list.push(["rejectedWhy", t(`type.${one.problem.detail}`, null, one.problem.detail)]);
  if (one.reason) list.push(["decidedWhy", t(`why.${one.reason}`, null, one.reason)]);
  if (one.by) list.push(["decidedBy", who(one.by)]);
  if (one.decision) list.push(["decision", `${one.decision.label} (${date(vietnamDay(one.decision.at))})`]);
  if (one.revision > 1) list.push(["revisionOf", number(one.revision)]);
  if (one.attempts > 0) list.push(["attempts", number(one.attempts)]);
  if (detail?.receipt) list.push(["upstreamReceipt", detail.receipt.receiptId]);
  const pairs = list.filter(([, text]) => text).map(([name, text]) => make("div", {}, make("dt", {}, t(name)), make("dd", {}, text)));
  if (!detail) return [make("dl", {}, ...pairs)];
  const rows = detail.history.map((each) => make("li", {}, make("span", { class: "time" }, moment(each.at)),
    make("span", {}, `${t(`act.${each.action.slice(5)}`, null, each.action)} (${who(each.actor)})`)));
  return [make("dl", {}, ...pairs), make("details", {}, make("summary", {}, t("history")), make("ol", {}, ...rows))];
}

const label = (name, state) => t(name === "release" && state === "exported" ? "verb.ask" : `verb.${name}`);

function verbs(one) {
  const can = Object.keys(VERBS).filter((name) => (VERBS[name] === null || VERBS[name].includes(one.state))
    && (name !== "cancel" || one.attempts === 0) && !(isWithdrawal() && CORRECTING.includes(name)));
  const first = FIRST[one.state] ?? [];
  const button = (name) => make("button", { type: "button", class: "quiet-button", "data-verb": name, "aria-expanded": String(verb === name) }, label(name, one.state));
  const rest = can.filter((name) => !first.includes(name));
  return [make("div", { class: "answers" }, ...first.filter((name) => can.includes(name)).map(button)),
    make("details", { open: rest.includes(verb) }, make("summary", {}, t("moreVerbs")), make("div", { class: "answers" }, ...rest.map(button)))];
}

function form(state) {
  const parts = [make("h4", {}, label(verb, state.applications.get(id)?.state)), make("p", { class: "note" }, t(`ask.${verb}`))];
  if (REASONS[verb]) parts.push(choice("act-reason", "reasonAsked", [["", t("choose")], ...REASONS[verb].map((code) => [code, t(`why.${code}`)])]));
  if (verb === "release") parts.push(second("act", "coSign", "coSignNote"));
  if (verb === "withdraw") {
    parts.push(choice("act-confirmation", "confirmation", [["", t("choose")], ...["spoken", "signed", "witnessed"].map((each) => [each, t(`confirmation.${each}`)])]),
      field("act-words", "citizensWords"));
  }
  if (verb === "amend") parts.push(...amendment(state));
  parts.push(make("div", { class: "answers" }, make("button", { class: "primary" }, label(verb)), make("button", { type: "button", class: "quiet-button", "data-verb": "" }, t("cancelAsk"))),
    make("p", { class: "note" }, t("audited")));
  return parts;
}

function amendment(state) {
  const words = state.description?.integrations ?? [];
  const box = (name, value, text) => make("label", { class: "choice" }, make("input", { type: "checkbox", name, value }), make("span", {}, text));
  return [
    make("div", { class: "pair" }, field("act-phone", "newPhone", { inputmode: "tel" }), field("act-email", "newEmail", { inputmode: "email" })),
    choice("act-smart", "noSmartphone", [["", t("unchanged")], ["true", t("yes")], ["false", t("no")]]),
    words.length ? make("details", {}, make("summary", {}, t("newIntegrations")), make("fieldset", {}, make("legend", { class: "unseen" }, t("newIntegrations")),
      box("change", "1", t("replaceIntegrations")), ...words.map((word) => box("integration", word, t(`integration.${word}`, null, word))))) : null,
    make("details", {}, make("summary", {}, t("newRepresentative")), make("div", { class: "pair" },
      field("act-rep-number", "repNumber", { inputmode: "numeric" }), field("act-rep-name", "repName"),
      choice("act-rep-relation", "relationship", [["", t("unchanged")], ["father", t("father")], ["mother", t("mother")], ["guardian", t("guardian")], ["other", t("otherRelation")]]),
      field("act-rep-phone", "repPhone", { inputmode: "tel" }))),
    field("act-words", "amendReason"),
  ].filter(Boolean);
}

const value = (name) => at(name)?.value.trim() ?? "";
const ticked = (name) => [...at("item-form").querySelectorAll(`[name=${name}]:checked`)].map((each) => each.value);

/** What the open question asks the station: path, body, headers. Throws what is missing. */
function order() {
  const missing = (name, word) => {
    if (!value(name)) throw { key: word, at: name };
    return value(name);
  };
  if (verb === "amend") {
    const body = { phone: value("act-phone") || undefined, email: value("act-email") || undefined, reason: value("act-words") || undefined };
    if (value("act-smart")) body.noSmartphone = value("act-smart") === "true";
    if (ticked("change").length) body.integrations = ticked("integration");
    const representative = { personalNumber: value("act-rep-number"), fullName: value("act-rep-name"), relationship: value("act-rep-relation"), phone: value("act-rep-phone") };
    if (Object.values(representative).some(Boolean)) body.representative = representative;
    if (Object.keys(JSON.parse(JSON.stringify({ ...body, reason: undefined }))).length === 0) throw { key: "nothingChanged", at: "act-phone" };
    missing("act-words", "wordsMissing");
    return ["amendments", body, { "Idempotency-Key": key }];
  }
  if (verb === "withdraw") {
    return [verb, { confirmation: missing("act-confirmation", "confirmationMissing"), reason: value("act-words") || undefined }, { "Idempotency-Key": key }];
  }
  const body = REASONS[verb] ? { reason: missing("act-reason", "reasonMissing") } : {};
  return [verb, body, verb === "release" ? signature("act") : {}];
}

async function perform(state) {
  if (running) return;
  const mine = { id, verb, number: (state.applications.get(id) ?? detail?.summary)?.receiptNumber, person: state.person?.operatorId };
  running = mine;
  try {
    const [path, body, headers] = order();
    said = { tone: "quiet", text: t("working") };
    changed();
    const answer = await send(`/api/applications/${encodeURIComponent(mine.id)}/${path}`, body, headers);
    if (mine !== running) return;
    ask_(null);
    said = { tone: "good", text: t(`did.${mine.verb}`, { number: answer?.receiptNumber ?? "" }) };
    wipe(at("item-form"));
    at("item-title").focus();
  } catch (problem) {
    if (mine !== running) {
      missed = { ...mine, problem };
      return changed();
    }
    said = { tone: "bad", text: sentence(problem) };
    if (at("act-secret")) at("act-secret").value = "";
    changed();
    at(problem?.at ?? "act-phone")?.focus();
  }
  running = null;
  await load();
}

export function listen(on) {
  changed = on.changed;
  at("item").addEventListener("click", (event) => {
    const button = event.target.closest("[data-verb]");
    if (!button) return;
    const next = button.dataset.verb || null;
    if (next === "again") {
      if (on.replace(on.state.applications.get(id) ?? detail.summary)) return;
      said = { tone: "bad", text: t("deskBusy") };
      return on.changed();
    }
    ask_(next === verb ? null : next);
    if (next === "retry") perform(on.state);
    else {
      on.changed();
      (at("item-form").querySelector("input, select") ?? at("item-form").querySelector("button") ?? at("item-title")).focus();
      if (verb) at("item-form").scrollIntoView({ block: "nearest" });
    }
  });
  at("item-form").addEventListener("submit", (event) => {
    event.preventDefault();
    perform(on.state);
  });
  at("item-receipt").addEventListener("click", () => {
    const one = on.state.applications.get(id) ?? detail?.summary;
    if (one) on.reprint(one);
  });
  at("item-close").addEventListener("click", () => {
    const last = id;
    close();
    on.changed();
    at("rows").querySelector(`[data-id="${last}"]`)?.focus();
  });
}

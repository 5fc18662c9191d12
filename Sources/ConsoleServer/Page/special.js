// What is not the ordinary case: somebody who accompanies the citizen, comparisons of the authority's system, warnings that
// a person overrules, and the second person who signs.

import { at, fill, make, wipe as empty } from "./dom.js";
import { language, t, isoDate } from "./strings.js";

/** Which problems a person may overrule, by the API's word for it. */
const OVERRIDES = {
  "duplicate-today": "duplicateToday", "phone-reused": "phoneReused", "age-undetermined": "ageConfirmed",
  "clock-confirmation-missing": "clockConfirmed",
};

let found = new Map(); // overrides that the station asks for, by kind, with its words
let needsRepresentative = false;

/** Forgets what was typed. */
export function wipe() {
  found = new Map();
  needsRepresentative = false;
  empty(at("overrides"));
  at("special").open = false;
  at("representative").hidden = true;
  at("witness").hidden = true;
  wipeSecret();
}

export function wipeSecret() {
  at("second-secret").value = "";
}

/** Takes what the station found. Where nothing was overruled yet the list is whole; what was overruled is not named again. */
export function learn(fields, isWhole) {
  if (isWhole) found = new Map();
  for (const each of fields) {
    if (OVERRIDES[each.code]) found.set(OVERRIDES[each.code], each);
    if (each.code === "representative-missing" && !needsRepresentative) {
      needsRepresentative = true;
      at("has-representative").checked = true;
      at("special").open = true;
    }
  }
}

export const isOverruled = ({ code }) => code in OVERRIDES;

/** What the operator is told before it is asked for. */
export const warnings = () => [...found.values(), ...(needsRepresentative && !value("rep-number") ? [{ key: "representativeNeeded" }] : [])];

const value = (id) => at(id)?.value.trim() ?? "";
const some = (text) => text || undefined;
const overrideReason = (kind) => value(`override-${kind}`);

export function overrides() {
  const list = [...found.keys()].map((kind) => ({
    kind, reason: overrideReason(kind),
    age: kind === "ageConfirmed" && value("override-age") ? Number(value("override-age")) : undefined,
    day: kind === "clockConfirmed" ? some(isoDate(value("override-day")) ?? value("override-day")) : undefined,
  }));
  return list.length ? list : undefined;
}

export function representative(phone) {
  if (!at("has-representative").checked) return undefined;
  return {
    personalNumber: value("rep-number"), fullName: value("rep-name"), relationship: some(value("rep-relationship")), phone: some(phone),
  };
}

export function integrations() {
  const chosen = [...at("integrations").querySelectorAll("input:checked")].map((box) => box.value);
  return chosen.length ? chosen : undefined;
}

export function matches() {
  const one = (id) => (value(id) ? { outcome: value(id), reason: value(id) === "notObtainable" ? some(value(`${id}-reason`)) : undefined } : undefined);
  const [face, fingerprint] = [one("face"), one("finger")];
  return face || fingerprint ? { face, fingerprint } : undefined;
}

/** The field of a comparison that was not possible and has no reason; null when there is none. */
export function silentMatch() {
  const id = ["face", "finger"].find((each) => value(each) === "notObtainable" && !value(`${each}-reason`));
  return id ? at(`${id}-reason`).dataset.field : null;
}

/** Whether a second person has to sign. */
export function needsSecond(body, isManual) {
  return Boolean(isManual || body.overrides?.some(({ kind }) => kind === "duplicateToday")
    || [body.matches?.face, body.matches?.fingerprint].some((each) => each?.outcome === "notMatched"));
}

/** The second person's signature as a header; null while it is not complete. */
export function signature() {
  const [name, secret] = [value("second-name").toLowerCase(), at("second-secret").value];
  if (!name || !secret) return null;
  const bytes = new TextEncoder().encode(`${name}:${secret}`);
  return { "Co-Signature": `Basic ${btoa(String.fromCharCode(...bytes))}` };
}

export function render(state, draft) {
  at("representative").hidden = !at("has-representative").checked;
  for (const id of ["face", "finger"]) at(`${id}-reason`).parentElement.hidden = value(id) !== "notObtainable";
  const words = state.description?.integrations ?? [];
  at("integrations-box").hidden = words.length === 0;
  // Built anew only with other words: what is ticked stays.
  fill(at("integrations"), [words, language()], () => {
    const chosen = new Set(integrations());
    return words.map((word) => {
      const box = make("input", { type: "checkbox", value: word });
      box.checked = chosen.has(word);
      return make("label", { class: "choice" }, box, make("span", {}, t(`integration.${word}`, null, word)));
    });
  });
  fill(at("overrides"), [[...found.keys()], language()], () => [...found].map(([kind, each]) => override(kind, each)));
  const body = { overrides: [...found.keys()].map((kind) => ({ kind })), matches: matches() };
  at("co-sign").hidden = !needsSecond(body, draft.manual);
}

function override(kind, problem) {
  const before = overrideReason(kind);
  const reason = make("input", { id: `override-${kind}`, type: "text", maxlength: 500, autocomplete: "off", "data-field": `overrides.${kind}` });
  reason.value = before;
  const extra = { ageConfirmed: ["override-age", "confirmedAge"], clockConfirmed: ["override-day", "confirmedDay"] }[kind];
  return make("fieldset", { class: "framed" }, make("legend", {}, language() === "vi" ? problem.messageVi : problem.message),
    extra ? make("label", { for: extra[0] }, t(extra[1])) : null,
    extra ? make("input", { id: extra[0], type: "text", inputmode: "numeric", maxlength: 10, autocomplete: "off" }) : null,
    make("label", { for: reason.id }, t("overrideReason")), reason);
}

export function listen() {
  at("has-representative").addEventListener("change", (event) => {
    at("representative").hidden = !event.target.checked;
    if (event.target.checked) at("rep-number").focus();
  });
}

// What the questions of the list and of the station have in common: fields, a second person's signature, and sending once.

import { at, make } from "./dom.js";
import { both, t } from "./strings.js";

/** A labelled field. */
export function field(id, key, attributes = {}) {
  return make("div", {}, make("label", { for: id }, t(key)),
    make("input", { id, type: "text", autocomplete: "off", spellcheck: "false", maxlength: 500, ...attributes }));
}

/** A labelled choice; the first entry is what is chosen at first. */
export function choice(id, key, entries) {
  return make("div", {}, make("label", { for: id }, t(key)),
    make("select", { id }, ...entries.map(([value, text]) => make("option", { value }, text))));
}

/** The fields of a second person. */
export const second = (prefix, legend, note) => make("fieldset", { class: "framed" }, make("legend", {}, t(legend)),
  make("p", { class: "note" }, t(note)),
  make("div", { class: "pair" }, field(`${prefix}-name`, "operatorName", { maxlength: 64, autocapitalize: "none" }),
    field(`${prefix}-secret`, "secret", { type: "password", maxlength: 256 })));

/** The second person's signature as a header; throws while it is not complete. */
export function signature(prefix) {
  const [name, secret] = [at(`${prefix}-name`).value.trim(), at(`${prefix}-secret`).value];
  if (!name || !secret) throw { key: "secondMissing", at: name ? `${prefix}-secret` : `${prefix}-name` };
  return signatureOf(name, secret);
}

/** Name and secret as the header that carries them. */
export function signatureOf(name, secret) {
  const bytes = new TextEncoder().encode(`${name.toLowerCase()}:${secret}`);
  return { "Co-Signature": `Basic ${btoa(String.fromCharCode(...bytes))}` };
}

/** What went wrong, in words: a key of the catalogue, a problem of the station, or silence. */
export function sentence(problem) {
  if (problem?.key) return t(problem.key, problem.values);
  if (!problem?.code) return t("noAnswer");
  const fields = (problem.fields ?? []).map((each) => (document.documentElement.lang === "vi" ? each.messageVi : each.message));
  const { title, note } = both(problem);
  return [`${title}.`, ...fields, `${note}.`].join(" ");
}

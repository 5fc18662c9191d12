// Opening a chip: the QR code or the digits that the operator scans or types, before the card lies there or after.

import { send } from "./link.js";
import { at, fill, make, say } from "./dom.js";
import { both, isoDate, t } from "./strings.js";
import { keepOffButtons, readKeys } from "./scanner.js";

const KEPT = 60_000; // how long a code waits for its card

let on = null;
let shown = null; // the form that is on the page
let byDocument = false;
let message = null; // a key of the catalogue or a problem
let held = null; // a credential whose card is not there yet
let asking = null; // the question under way: for which reader, and which read was shown before
let fields = [];
let timer = null;

/** Forgets what was typed or scanned. */
export function wipe() {
  held = null;
  message = null;
  byDocument = false;
  clearTimeout(timer);
  for (const field of fields) field.clear();
}

/** Most scanners that type lose the letters with marks. A code without any is not whole: its number opens the chip, and what it
 * says of the person is compared with nothing, lest a scanner make a forger of a citizen. */
const isWhole = (code) => /[^\x00-\x7f]/.test(code) || /(^|\|)(?=\w*[a-f])[0-9a-f]{8,}(\||$)/i.test(code);

/** What the text of a scanner or a keyboard is. */
function credential(text) {
  if (text.includes("|")) {
    const number = /^(\d{12})\|/.exec(text)?.[1];
    return number && !isWhole(text) ? { number } : { qr: text };
  }
  if (text.includes("<")) return { mrz: text };
  const digits = text.replace(/[ .-]/g, "");
  if (/^\d{6}$/.test(digits)) return { can: digits };
  if (/^\d+$/.test(digits)) return { number: digits };
  return { qr: text };
}

/** Whether the desk waits for a code. */
export function isAwaited({ live, person, reader, read, receipt, form }) {
  if (!live || !person || !reader || receipt || form) return false;
  if (!read || read.torn) return true;
  return read.state === "failed" || (read.state === "finished" && reader.state === "empty") || read.state === "discarded";
}

/** Shows the form where a code is waited for. Returns whether it has just come. */
export function render(state) {
  // The read that was asked for is told: whoever types the next code does not wait for the question's own answer.
  if (asking && state.read?.reader === asking.reader && state.read.id !== asking.before) begun();
  const view = !isAwaited(state) ? null : byDocument ? "document" : "opener";
  for (const id of ["opener", "document"]) at(id).hidden = view !== id;
  const words = message ? (message.code ? sentence(message) : t(message)) : "";
  for (const id of ["opener-problem", "document-problem"]) {
    say(at(id), words);
    at(id).dataset.tone = message === "held" ? "quiet" : "bad";
  }
  // Of two cards the operator says which one the code is for.
  const cards = (state.readers?.readers ?? []).filter((each) => each.state === "card");
  at("which").hidden = cards.length < 2;
  fill(at("which-readers"), cards.map((each) => each.id), () => cards.map(({ id, name }) =>
    make("label", { class: "choice" }, make("input", { type: "radio", name: "which", value: id }), make("span", {}, name))));
  for (const each of document.getElementsByName("which")) each.checked = each.value === state.reader?.id;
  if (held && state.reader?.state === "card" && !asking) open(held);
  const came = view !== shown;
  shown = view;
  if (came && view) at(view === "opener" ? "credential" : "document-number").focus();
  return view !== null;
}

function sentence(problem) {
  const { title, note } = both(problem);
  return `${title}. ${note}.`;
}

function begun() {
  asking = null;
  message = null;
  byDocument = false;
}

async function open(wanted) {
  const { reader } = on.state;
  if (reader?.state !== "card") {
    held = wanted;
    message = "held";
    clearTimeout(timer);
    timer = setTimeout(() => {
      wipe();
      on.changed();
    }, KEPT);
    on.changed();
    return;
  }
  held = null;
  clearTimeout(timer);
  const mine = { reader: reader.id, before: on.state.read?.id };
  asking = mine;
  message = "working";
  on.changed();
  try {
    await send(`/api/readers/${encodeURIComponent(reader.id)}/reads`, { credential: wanted });
    if (asking === mine) begun();
  } catch (problem) {
    if (asking !== mine) return;
    asking = null;
    message = problem?.code ? problem : "noAnswer";
  }
  on.changed();
}

export function listen(hooks) {
  on = hooks;
  const code = readKeys(at("credential"), {
    allows: /[\x20-\x7e\u00a0-\u1eff]/, most: 700,
    changed() {
      if (message && message !== "held") {
        message = null;
        on.changed();
      }
    },
    done: (text) => submit(text),
  });
  const submit = (text) => {
    if (asking) return;
    code.clear();
    if (text.trim()) open(credential(text.trim()));
    else {
      message = "noCredential";
      on.changed();
    }
  };
  at("opener").addEventListener("submit", (event) => {
    event.preventDefault();
    submit(at("credential").value);
  });

  const document_ = ["document-number", "document-birth", "document-expiry"].map((id, index) => readKeys(at(id), {
    allows: index ? /[0-9/]/ : /[0-9]/, most: index ? 10 : 12, done: () => sendDocument(),
  }));
  fields = [code, ...document_];
  const sendDocument = () => {
    const [documentNumber, birth, expiry] = ["document-number", "document-birth", "document-expiry"].map((id) => at(id).value);
    if (asking) return;
    const wanted = { documentNumber, birth: isoDate(birth), expiry: expiry ? isoDate(expiry) : "none" };
    if (!documentNumber || !wanted.birth || !wanted.expiry) {
      message = "documentIncomplete";
      on.changed();
      return;
    }
    for (const field of document_) field.clear();
    open(wanted);
  };
  at("document").addEventListener("submit", (event) => {
    event.preventDefault();
    sendDocument();
  });
  at("which").addEventListener("change", (event) => {
    on.choose(event.target.value);
    at("credential").focus();
  });
  at("by-document").addEventListener("click", () => {
    byDocument = true;
    message = null;
    on.changed();
  });
  at("document-back").addEventListener("click", () => {
    wipe();
    on.changed();
  });
  at("by-hand").addEventListener("click", () => {
    wipe();
    on.byHand();
  });

  keepOffButtons();
  // A scanner types wherever the keyboard is; what nobody else takes is a code.
  addEventListener("keydown", (event) => {
    if (shown !== "opener" || event.target === at("credential")) return;
    if (event.target.closest?.("input, select, textarea, button, summary, a")) return;
    if (!/^(Key|Digit|Numpad\d)/.test(event.code) || event.ctrlKey || event.metaKey || event.altKey) return;
    at("credential").focus();
    code.take(event);
  });
}

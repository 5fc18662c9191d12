// Coming and going: sign-in, a secret of one's own, opening and closing an intake session. One question at a time stands in
// the place of the desk; secrets are wiped from their fields as soon as they were sent.

import * as item from "./item.js";
import { ask, send } from "./link.js";
import { at, fill, make, say } from "./dom.js";
import { signatureOf } from "./sign.js";
import { both, clockTime, language, number, t } from "./strings.js";

const FIGURES = ["taken", "transmitted", "accepted", "rejected", "waiting", "setAside"];
const FORMS = {
  signIn: "sign-in", ownSecret: "own-secret", openShift: "open-shift", closing: "closing", closed: "closing",
  changeSecret: "own-secret", handOver: "hand-over-form", resetSecret: "reset-form",
};
const SECRETS = ["secret", "old-secret", "new-secret", "new-again", "successor-secret", "reset-secret"];

let shown = null; // the view that is on the page
let busy = false;

/** Which question the page asks; the view that was chosen when none. A station that is away is named by the desk. */
export function viewOf({ live, person, shift, closing, asking, view }) {
  if (!live || person === undefined) return "desk";
  if (!person) return "signIn";
  if (person.mustChangeSecret) return "ownSecret";
  if (closing) return closing.isDone ? "closed" : "closing";
  if (asking) return asking;
  return view === "desk" && shift === null ? "openShift" : view;
}

/** Empties every field but those of the application that is being taken in, which has a wiping of its own. */
export function wipeForms() {
  for (const form of document.forms) if (!form.closest("#desk")) form.reset();
  for (const box of document.querySelectorAll("[data-shows]")) reveal(box);
}

/** Empties the fields that hold secrets. */
function wipeSecrets() {
  for (const id of SECRETS) at(id).value = "";
}

/** Shows the question; returns its title, null when there is none. */
export function render(state) {
  const view = viewOf(state);
  at("desk").hidden = view !== "desk";
  at("entry").hidden = !FORMS[view];
  at("queue").hidden = !state.person || state.person.mustChangeSecret;
  duty(state);
  const title = words(view, state);
  if (view === shown) return title;
  const before = shown;
  shown = view;
  for (const id of new Set(Object.values(FORMS))) at(id).hidden = FORMS[view] !== id;
  if (view === "openShift") suggest();
  // The keyboard goes where the question is; from a question that was answered it goes back to the desk.
  if (view === "desk") {
    if (before) at("main").focus();
  } else if (view === "closing" || view === "closed") {
    at("entry-title").focus();
  } else if (!FORMS[view]) {
    at(`${view}-view`).querySelector("h2").focus();
  } else {
    const fields = [...at(FORMS[view]).querySelectorAll("input:not([type=checkbox], [type=radio]), select")];
    (fields.find((field) => !field.value) ?? fields[0]).focus();
  }
  return title;
}

/** Who is here, in which session, and whether the station is locked. */
function duty({ live, person, shift, closing, status }) {
  at("duty").hidden = !person;
  at("close-shift").hidden = !shift || !live || Boolean(closing);
  const parts = [];
  if (person) parts.push(t(person.role === "supervisor" ? "whoSupervisor" : "who", { name: person.operatorId }));
  if (shift) parts.push(t("inShift", { ...shift, kind: t(`kind.${shift.kind}`, null, shift.kind) }));
  else if (person && shift === null) parts.push(t("noShift"));
  if (person && live && status) parts.push(t(status.intake.locked ? "locked" : "unlocked"));
  say(at("order-missed"), item.missedBy(person));
  fill(at("duty-words"), parts, () => parts.map((part) => make("span", {}, part)));
}

function words(view, state) {
  const { status, message, closing } = state;
  const title = { signIn: "signInTitle", ownSecret: "ownSecretTitle", changeSecret: "changeSecretTitle", openShift: "openShiftTitle", handOver: "handOverTitle", resetSecret: "resetTitle", closing: "closingTitle", closed: "closedTitle" }[view];
  if (!title) {
    say(at("entry-problem"), "");
    return null;
  }
  say(at("entry-title"), t(title));
  const note = { signIn: status?.intake.locked ? "lockedNote" : "signInNote", ownSecret: "ownSecretNote", openShift: "openShiftNote", handOver: "handOverNote", resetSecret: "resetNote", closing: "closingNote" }[view];
  say(at("entry-note"), note ? t(note) : "");
  say(at("entry-problem"), message ? sentence(message) : "");
  at("entry-problem").dataset.tone = message?.tone ?? "bad";
  say(document.querySelector("label[for=old-secret]"), t(view === "changeSecret" ? "oldSecretOwn" : "oldSecret"));
  at("secret-cancel").hidden = view !== "changeSecret";
  if (!closing) return t(title);
  const { summary, isDone } = closing;
  fill(at("figures"), [summary, language()], () => FIGURES.map((name) =>
    make("div", {}, make("dt", {}, t(`figure.${name}`)), make("dd", {}, number(summary[name])))));
  say(at("figures-note"), t(summary.provisional ? "figuresProvisional" : "figuresAsOf", { time: clockTime(summary.asOf) }));
  at("close-yes").hidden = isDone;
  at("close-no").hidden = isDone;
  at("close-done").hidden = !isDone;
  return t(title);
}

/** A message is a key of the catalogue or a problem of the station. */
function sentence(message) {
  if (message.key) return t(message.key, message.field ? { field: t(message.field) } : null);
  const { title, note } = both(message.problem);
  return `${title}. ${note}.`;
}

/** What the last session was opened with is most likely today's too. */
async function suggest() {
  try {
    const { shifts } = await ask("/api/shifts");
    if (!shifts.length || at("team").value || at("point").value) return;
    at("team").value = shifts[0].team;
    at("point").value = shifts[0].point;
    for (const choice of at("open-shift").elements.kind) choice.checked = choice.value === shifts[0].kind;
  } catch { /* then it is typed */ }
}

function reveal(box) {
  for (const id of box.dataset.shows.split(" ")) at(id).type = box.checked ? "text" : "password";
}

/** Listens to the forms. `on` has `state`, `changed()`, `signedIn(person)`, `signOut()`, `gone()`, `shift(report)`. */
export function listen(on) {
  const tell = (message) => {
    on.state.message = message;
    on.changed();
  };

  /** Sends what a form holds, once at a time; a problem is told, and the keyboard goes to the field that it is about. */
  const submit = (id, fields, labels, doubtful, work) => {
    at(id).addEventListener("submit", async (event) => {
      event.preventDefault();
      if (busy) return;
      const values = fields.map((field) => at(field).value.trim());
      const empty = values.indexOf("");
      for (const field of fields) at(field).removeAttribute("aria-invalid");
      const wrong = (field, message) => {
        at(field).setAttribute("aria-invalid", "true");
        at(field).focus();
        tell(message);
      };
      if (empty >= 0) return wrong(fields[empty], { key: "nothingTyped", field: labels[empty] });
      busy = true;
      tell({ key: "working", tone: "quiet" });
      try {
        const message = await work(...values);
        if (message) wrong(doubtful, message);
        else if (on.state.message?.key === "working") tell(null);
      } catch (problem) {
        wipeSecrets();
        wrong(doubtful, problem?.code ? { problem } : { key: "noAnswer" });
      } finally {
        busy = false;
      }
    });
  };

  submit("sign-in", ["operator", "secret"], ["operatorName", "secret"], "secret", async (name) => {
    const secret = at("secret").value;
    await on.gone();
    const person = await send("/api/sign-in", { operatorId: name.toLowerCase(), secret });
    wipeForms();
    on.signedIn(person);
  });

  submit("own-secret", ["old-secret", "new-secret", "new-again"], ["oldSecret", "newSecret", "newAgain"], "new-secret", async () => {
    const [secret, newSecret, again] = ["old-secret", "new-secret", "new-again"].map((id) => at(id).value);
    if (newSecret !== again) {
      at("new-again").value = "";
      at("new-secret").value = "";
      return { key: "notTheSame" };
    }
    const person = await send("/api/secret", { secret, newSecret });
    wipeForms();
    on.signedIn(person);
    if (on.state.asking) on.answered({ key: "secretChanged" });
  });

  submit("hand-over-form", ["successor", "successor-secret"], ["operatorName", "secret"], "successor-secret", async (name) => {
    const { shift } = on.state;
    const headers = signatureOf(name, at("successor-secret").value);
    const report = await send(`/api/shifts/${encodeURIComponent(shift.shiftId)}/hand-over`, {}, headers);
    wipeForms();
    on.shift(report);
    on.answered({ key: "handedOver", values: { name: report.responsible } });
  });
  for (const [id, asking] of [["hand-over", "handOver"], ["change-secret", "changeSecret"]]) {
    at(id).addEventListener("click", () => {
      on.state.asking = asking;
      tell(null);
    });
  }

  submit("reset-form", ["reset-person", "reset-secret"], ["resetPerson", "temporarySecret"], "reset-secret", async (name) => {
    const newSecret = at("reset-secret").value;
    await send(`/api/operators/${encodeURIComponent(name)}/secret`, { newSecret });
    wipeForms();
    on.answered({ key: "resetDone", values: { name } });
  });
  at("reset-open").addEventListener("click", async () => {
    const { person } = on.state;
    try {
      const { operators } = await ask("/api/operators");
      if (on.state.person?.operatorId !== person.operatorId) return;
      const others = operators.filter(({ operatorId }) => operatorId !== person.operatorId);
      if (!others.length) return on.answered({ key: "resetNobody" });
      at("reset-person").replaceChildren(make("option", { value: "" }), ...others.map(({ operatorId: name, role, suspended }) =>
        make("option", { value: name }, suspended ? t("resetShut", { name }) : role === "supervisor" ? t("resetRole", { name }) : name)));
      on.state.asking = "resetSecret";
      tell(null);
    } catch (problem) {
      on.answered(problem);
    }
  });
  for (const id of ["secret-cancel", "hand-over-cancel", "reset-cancel"]) {
    at(id).addEventListener("click", () => {
      wipeForms();
      on.answered(null);
    });
  }

  submit("open-shift", ["team", "point"], ["team", "point"], "team", async (team, point) => {
    const kind = at("open-shift").elements.kind.value;
    on.shift(await send("/api/shifts", { team, point, kind }));
  });

  for (const box of document.querySelectorAll("[data-shows]")) box.addEventListener("change", () => reveal(box));
  for (const id of SECRETS) {
    at(id).addEventListener("keyup", (event) => {
      const isOn = event.getModifierState("CapsLock");
      const message = on.state.message;
      if (isOn && !message) tell({ key: "capsLock", tone: "doubt" });
      else if (!isOn && message?.key === "capsLock") tell(null);
    });
  }

  at("sign-out").addEventListener("click", () => on.signOut());

  /** The closing view's own work: the figures first, the question second. */
  const close = async (work) => {
    if (busy) return;
    busy = true;
    on.state.notice = null;
    try {
      await work();
    } catch (problem) {
      // Before the closing view is there, the station's view says it.
      if (on.state.closing) on.state.message = problem?.code ? { problem } : { key: "noAnswer" };
      else on.state.notice = problem?.code ? problem : { key: "noAnswer" };
    } finally {
      busy = false;
      on.changed();
    }
  };
  at("close-shift").addEventListener("click", () => close(async () => {
    const { shift } = on.state;
    const summary = await ask(`/api/shifts/${encodeURIComponent(shift.shiftId)}/summary`);
    on.state.message = null;
    on.state.closing = { summary, isDone: false };
  }));
  at("close-yes").addEventListener("click", () => close(async () => {
    const { shift } = on.state.closing.summary;
    const summary = await send(`/api/shifts/${encodeURIComponent(shift.shiftId)}/close`);
    on.state.message = null;
    on.state.closing = { summary, isDone: true };
    on.shift(null);
  }));
  for (const id of ["close-no", "close-done"]) {
    at(id).addEventListener("click", () => {
      on.state.closing = null;
      tell(null);
    });
  }
}

// The operator's page: holds what the station last said, hands it to the views, and forgets the citizen in time.

import { ask, connect, onSessionEnd, send } from "./link.js";
import { at, buildFields, say } from "./dom.js";
import { language, setLanguage, t } from "./strings.js";
import * as desk from "./desk.js";
import * as entry from "./entry.js";
import * as form from "./form.js";
import * as idle from "./idle.js";
import * as item from "./item.js";
import * as list from "./list.js";
import * as opener from "./opener.js";
import * as parts from "./state.js";
import * as queue from "./queue.js";
import { activeReader, isNextCard } from "./readers.js";
import * as receipt from "./receipt.js";
import * as station from "./station.js";
import * as views from "./views.js";

const state = {
  live: false,
  person: undefined, // who is signed in; null for nobody, undefined before the station has said it
  shift: undefined, // the intake session that is open; null for none, undefined before the station has said it
  closing: null, // the figures of an intake session that is about to be closed, or was
  view: "desk", // the desk, the list of applications ("queue"), or the station
  asking: null, // the question that the operator chose: "handOver", "changeSecret"
  notice: null, // what came of it
  message: null, // what the question in the desk's place has to tell
  problem: null, // why the station is away
  status: null,
  readers: null,
  chosen: null, // the reader whose card the operator means, of two
  description: null, // what the station asks for: consent text, integrations, what a receipt promises
  read: null, // the only place where the citizen's data is kept, beside the fields of the form
  dismissed: null, // the read of which the operator makes no application
  beside: null, // the read that waits until the form that is typed by hand is done
  receipt: null, // on which insertion of which reader it was saved
  replaced: null, // the application that the next one takes the place of: its card is read again
  doubt: null, // a save whose result was never told
  applications: new Map(),
};

function render() {
  form.follow(state.read, state.read?.id === state.dismissed);
  state.form = form.isOpen();
  state.refusal = form.refusal();
  state.inDoubt = form.isUnknown();
  views.render(state, entry.viewOf(state));
  const question = entry.render(state);
  const title = desk.render(state);
  const isDesk = entry.viewOf(state) === "desk";
  const work = form.isShown() ? "form" : state.receipt ? "receipt" : null;
  if (isDesk && work) at("main").dataset.work = work;
  else delete at("main").dataset.work;
  opener.render(isDesk ? state : { ...state, person: null });
  const step = form.render(state);
  receipt.render(state);
  doubt();
  station.render(state);
  queue.render(state);
  list.render(state);
  parts.render(state);
  say(at("spoken"), question ?? [title, step].filter(Boolean).join(". "));
}

/** What became of a save whose answer never came. */
function doubt() {
  const { after, numbers } = (state.person && state.doubt) || { after: null };
  say(at("save-doubt"), numbers?.length ? t("doubtSaved", { numbers: numbers.join(", ") })
    : numbers ? t("doubtNone") : after === undefined ? t("doubtUnknown") : "");
  say(at("replaced"), state.replaced ? t("replaces", { number: state.replaced.receiptNumber }) : "");
}

/** Forgets the citizen: from the state, the form, and from the page with the next rendering. */
function forget() {
  if (form.isInDoubt()) state.doubt = { after: form.savedBefore() };
  state.read = null;
  desk.forget();
  form.wipe();
}

/** Forgets the receipt too, and what was scanned for the next card. */
function clear() {
  forget();
  state.beside = null;
  state.replaced = null;
  state.dismissed = null;
  closeReceipt();
  opener.wipe();
}

function closeReceipt() {
  state.receipt = null;
  receipt.wipe();
}

let visits = 0; // answers to an earlier visit's questions are not shown

/** Tabs of one browser: who signs in or out in one does so in all, and input in one is input at the desk. */
const tabs = new BroadcastChannel("desk");
tabs.onmessage = ({ data }) => {
  if (data === "stir") idle.stir();
  else reconnect();
};

let shiftTurns = 0; // an answer that was asked for before the intake session changed is not the newest
let isLeaving = false; // somebody signed out here, and the station has not confirmed it yet
let leaving = null; // its answer would take a session away that began before it

/** Takes whom the station says is here. Another person, or nobody, never sees what the one before saw. */
function takePerson(person, message = null) {
  const before = state.person;
  state.person = person;
  if (before?.operatorId === person?.operatorId) return;
  visits += 1;
  clear();
  state.applications.clear();
  state.shift = undefined;
  state.closing = null;
  state.message = person ? null : message;
  state.view = "desk";
  state.asking = null;
  state.notice = null;
  list.forget();
  parts.forget();
  entry.wipeForms();
  if (person) idle.stir();
}

/** Signs out here and at the station. Nothing is left on the page, whatever the station answers. */
async function leave(key) {
  takePerson(null, { key, tone: "quiet" });
  render();
  isLeaving = true;
  // One that fails is asked again when the station is back.
  leaving = send("/api/sign-out").then(() => { isLeaving = false; }, () => {});
  await leaving;
  reconnect();
  tabs.postMessage("session");
}

onSessionEnd(() => visits, (problem) => {
  if (!state.person) return;
  takePerson(null, { problem });
  render();
  reconnect();
  tabs.postMessage("session");
});

/** Asks which intake session is open; this counts as use of the session, so that input alone causes it. */
async function loadShift() {
  const visit = visits;
  const turn = ++shiftTurns;
  try {
    const { shift } = await ask("/api/shifts/current");
    if (visit !== visits || turn !== shiftTurns) return;
    state.shift = shift ?? null;
    render();
  } catch { /* the next input asks again */ }
}

function takeReaders(list) {
  state.readers = list;
  if (state.receipt && isNextCard(list, state.receipt)) closeReceipt();
  const reader = activeReader(list, state);
  state.reader = reader;
  const read = state.read;
  if (read) {
    const holder = list.readers.find((each) => each.id === read.reader);
    const isLifted = !holder || holder.state === "empty";
    const gone = !holder || holder.state === "empty" || (holder.readId && holder.readId !== read.id);
    // A card torn off in the middle of a read leaves the read's name, so that the page can say so, but no data.
    if (gone && form.isByHand()) {
      state.read = null;
    } else if (gone && read.state === "suspended") {
      desk.forget();
    } else if (gone && read.state === "reading") {
      desk.forget();
      state.read = { ...read, citizen: null, findings: [], portraitAvailable: false, torn: true };
    } else if (gone && !(isLifted && (form.isBegun() || form.isInDoubt()))) {
      // Once the phone number is being typed the card may go back to its owner.
      forget();
    }
  }
  const { readId } = reader ?? {};
  // Under a receipt nothing is shown of the next person: who reads a card closes it.
  if (state.person && readId && reader.state !== "empty" && !state.receipt && ![state.read?.id, state.dismissed, form.isByHand() ? state.beside : null].includes(readId)) recall(readId);
}

/** A read of whose person there is something to show. */
const UNDER_WAY = new Set(["reading", "suspended", "finished"]);

/** The form that was typed by hand is done: the card that waited is shown. */
function turnToCard() {
  state.beside = null;
  if (state.readers) takeReaders(state.readers);
}

const recalled = new Set(); // reads that were asked for and not told of since
/** A page opened in the middle of a read asks for it once. */
async function recall(id) {
  const [before, visit] = [state.read, visits];
  recalled.add(id);
  try {
    const read = await ask(`/api/reads/${encodeURIComponent(id)}`);
    // What was told meanwhile is newer than this answer: neither its state nor an earlier person must come back.
    if (!recalled.delete(id) || visit !== visits || state.read !== before) return;
    // What is over is not told again: the reader names it until the next read, whatever card lies there by then.
    if (UNDER_WAY.has(read.state) && state.reader?.readId === id && state.reader.state !== "empty") takeRead(read);
    render();
  } catch { /* the read is over; the next event tells */ }
}

function takeRead(read) {
  if (read.id === state.dismissed && read.state !== "discarded") return;
  // What was typed by hand is not lost to a card, and nothing of that card's person is shown beside it.
  if (form.isByHand() || (state.receipt && read.id === state.beside)) {
    if (UNDER_WAY.has(read.state)) state.beside = read.id;
    else if (read.id === state.beside) state.beside = null;
    return;
  }
  if (state.read && state.read.id !== read.id) forget();
  if (state.receipt && read.state === "reading") closeReceipt();
  if (read.state === "discarded") {
    if (!state.read || state.read.id === read.id) forget();
    return;
  }
  // A saved or failed read shows its outcome, no longer the person.
  if (read.state === "saved" || read.state === "failed") {
    desk.forget();
    state.read = { ...read, citizen: null, portraitAvailable: false };
    return;
  }
  state.read = read;
}

/** What the station asks for; the consent text may have been changed since. */
async function loadDescription() {
  const visit = visits;
  try {
    const description = await ask("/api/description");
    if (visit !== visits) return;
    state.description = description;
    render();
  } catch { /* the next snapshot asks again */ }
}

/** Looks for what a save left whose answer never came. */
async function settleDoubt() {
  const { doubt } = state;
  if (!doubt || doubt.numbers || doubt.after === undefined) return;
  const numbers = [];
  let { after } = doubt;
  try {
    while (after != null) {
      const page = await ask(`/api/applications?after=${after}`);
      numbers.push(...page.applications.map((one) => one.receiptNumber));
      after = page.next;
    }
    doubt.numbers = numbers;
    render();
  } catch { /* the next snapshot asks again */ }
}

function takeApplication(one, isNews) {
  if (isNews || !state.applications.has(one.itemId)) state.applications.set(one.itemId, one);
  state.lastSequence = Math.max(state.lastSequence ?? 0, one.sequence);
}

/** Fills the queue with what waits; what happens later arrives as events. */
async function loadQueue(counts) {
  const visit = visits;
  const states = Object.keys(counts).filter((name) => counts[name] > 0 && !queue.settled.has(name)).slice(0, 12);
  for (const name of states) {
    try {
      const page = await ask(`/api/applications?state=${encodeURIComponent(name)}`);
      if (visit !== visits) return;
      for (const one of page.applications) takeApplication(one, false);
    } catch { /* events go on */ }
  }
  render();
}

/** What the list and the station's view need besides the events. */
const hands = {
  state,
  changed: render,
  take(applications) {
    for (const one of applications) if (!state.applications.has(one.itemId)) state.applications.set(one.itemId, one);
  },
  /** The card is read again, and what is taken in then is this application's next revision. */
  replace(one) {
    if (form.isBegun() || form.isInDoubt()) return false;
    turn("desk", one);
    return true;
  },
  /** The receipt of an earlier application: what the list knows of it, and nothing personal. */
  reprint(one) {
    if (form.isOpen()) return;
    showReceipt({ itemId: one.itemId, receiptNumber: one.receiptNumber, savedAt: one.capturedAt, isReprint: true });
    turn("desk");
  },
};

function showReceipt(what) {
  state.receipt = new Map((state.readers?.readers ?? []).map((each) => [each.id, each.insertion]));
  state.receiptOf = { itemId: what.itemId, isReprint: what.isReprint };
  receipt.open(what);
}

function look() {
  if (state.view === "queue") list.open(hands);
  if (state.view === "station") parts.open(state, render);
}

/** Another view; what a search found and what was half typed does not wait behind it. An open form keeps what it replaces. */
function turn(view, replaced = null) {
  state.view = view;
  state.replaced = replaced ?? (form.isOpen() ? state.replaced : null);
  state.asking = null;
  state.closing = null;
  state.message = null;
  state.notice = null;
  if (view !== "queue") list.forget();
  entry.wipeForms();
  render();
  look();
}

const reconnect = connect({
  session({ person }) {
    if (person && isLeaving) {
      leave("signedOut");
      return;
    }
    // The session ended elsewhere, or this page comes back to a console that forgot it.
    takePerson(person ?? null, { key: "sessionOver", tone: "quiet" });
    render();
  },
  snapshot({ status }) {
    state.live = true;
    state.problem = null;
    state.status = status;
    state.applications.clear();
    takeReaders(status.readers);
    render();
    if (!state.person || state.person.mustChangeSecret) return;
    loadShift();
    loadDescription();
    loadQueue(status.queue.counts);
    settleDoubt();
    look();
  },
  status({ status }) {
    state.live = true;
    state.status = status;
    render();
  },
  readers({ readers }) {
    takeReaders(readers);
    render();
  },
  read({ read }) {
    recalled.delete(read.id);
    if (!state.person) return;
    takeRead(read);
    render();
  },
  application({ application }) {
    if (!state.person) return;
    takeApplication(application, true);
    queue.prune(state.applications);
    render();
    item.heard(application);
  },
  away(problem) {
    state.live = false;
    state.problem = problem;
    forget();
    render();
  },
});

function translate() {
  document.documentElement.lang = language();
  document.title = t("title");
  for (const element of document.querySelectorAll("[data-text]")) say(element, t(element.dataset.text));
  for (const element of document.querySelectorAll("[data-label]")) {
    element.setAttribute("aria-label", t(element.dataset.label));
  }
  const other = language() === "vi" ? "en" : "vi";
  at("language").lang = other;
  say(at("language"), other === "en" ? "English" : "Tiếng Việt");
  render();
}

at("language").addEventListener("click", () => {
  setLanguage(language() === "vi" ? "en" : "vi");
  translate();
});
entry.listen({
  state,
  changed: render,
  signedIn(person) {
    isLeaving = false;
    takePerson(person);
    render();
    reconnect();
    tabs.postMessage("session");
  },
  signOut: () => leave("signedOut"),
  gone: () => leaving,
  shift(report) {
    shiftTurns += 1;
    state.shift = report;
    render();
    look();
  },
  answered(notice) {
    state.asking = null;
    state.message = null;
    state.notice = notice;
    render();
  },
});
views.listen(turn);
list.listen(hands);
at("station-open").addEventListener("click", () => turn("desk"));
const hooks = {
  state,
  changed: render,
  byHand() {
    const { read } = state;
    form.byHand();
    // Of a read that failed the cause stays to be seen; one that may yet go on waits.
    if (read && UNDER_WAY.has(read.state)) {
      desk.forget();
      [state.read, state.beside] = [null, read.id];
    }
    render();
  },
  choose(reader) {
    state.chosen = reader;
    takeReaders(state.readers);
    render();
  },
  refresh: loadDescription,
  dropped() {
    state.replaced = null;
    state.dismissed = state.read?.id ?? null;
    forget();
    state.doubt = null;
    turnToCard();
    render();
  },
  saved(saved, { maskedNumber, noSmartphone }) {
    forget();
    state.doubt = null;
    state.replaced = null;
    state.dismissed = null;
    state.lastSequence = Math.max(state.lastSequence ?? 0, saved.sequence);
    showReceipt({ ...saved, maskedNumber, noSmartphone, point: state.shift?.point });
    render();
  },
  late(saved) {
    if (saved) state.doubt = { numbers: [saved.receiptNumber] };
    else if (state.person) settleDoubt();
    render();
  },
  done() {
    closeReceipt();
    turnToCard();
    render();
  },
};
buildFields();
form.listen(hooks);
opener.listen(hooks);
receipt.listen(hooks);
idle.watch({
  seconds: () => state.person?.idleSeconds ?? null,
  touch() {
    tabs.postMessage("stir");
    if (state.person.mustChangeSecret) ask("/api/me").catch(() => {});
    else loadShift();
  },
  lock: () => leave("idleLocked"),
});
window.addEventListener("pagehide", () => {
  clear();
  entry.wipeForms();
});
// A page that the browser kept in memory begins anew.
window.addEventListener("pageshow", (event) => event.persisted && location.reload());
setInterval(() => {
  station.tick(state);
  item.tick(state);
  parts.render(state);
}, 1_000);
translate();

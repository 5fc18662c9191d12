// The operator's page: holds what the station last said, hands it to the three views, and forgets the citizen in time.

import { ask, connect } from "./link.js";
import { at, say } from "./dom.js";
import { language, setLanguage, t } from "./strings.js";
import * as desk from "./desk.js";
import * as queue from "./queue.js";
import * as station from "./station.js";

const state = {
  live: false,
  problem: null, // why the station is away
  status: null,
  readers: null,
  read: null, // the only place where the citizen's data is kept
  applications: new Map(),
};

function render() {
  desk.render(state);
  station.render(state);
  queue.render(state);
}

/** Forgets the citizen: from the state, and from the page with the next rendering. */
function forget() {
  state.read = null;
  desk.forget();
}

/** The reader that the desk shows: one that is reading, then one with a card, then the first. */
function activeReader(list) {
  const rank = { reading: 0, card: 1, mute: 2, empty: 3 };
  return [...(list?.readers ?? [])].sort((a, b) => rank[a.state] - rank[b.state])[0] ?? null;
}

function takeReaders(list) {
  state.readers = list;
  const reader = activeReader(list);
  state.reader = reader;
  const read = state.read;
  if (read) {
    const holder = list.readers.find((each) => each.id === read.reader);
    const gone = !holder || holder.state === "empty" || (holder.readId && holder.readId !== read.id);
    // A card torn off in the middle of a read leaves the read's name, so that the page can say so, but no data.
    if (gone && read.state === "suspended") {
      desk.forget();
    } else if (gone && read.state === "reading") {
      desk.forget();
      state.read = { ...read, citizen: null, findings: [], portraitAvailable: false, torn: true };
    } else if (gone) {
      forget();
    }
  }
  if (reader?.readId && reader.state !== "empty" && reader.readId !== state.read?.id) recall(reader.readId);
}

/** A page opened in the middle of a read asks for it once. */
async function recall(id) {
  const before = state.read;
  try {
    const read = await ask(`/api/reads/${encodeURIComponent(id)}`);
    // A newer read may have begun while this answer was on its way: the earlier person must not come back.
    if (state.read !== before && state.read?.id !== id) return;
    if (state.reader?.readId === id && state.reader.state !== "empty") takeRead(read);
    render();
  } catch { /* the read is over; the next event tells */ }
}

function takeRead(read) {
  if (state.read && state.read.id !== read.id) forget();
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

/** Fills the queue with what waits; what happens later arrives as events. */
async function loadQueue(counts) {
  const states = Object.keys(counts).filter((name) => counts[name] > 0 && !queue.settled.has(name)).slice(0, 12);
  for (const name of states) {
    try {
      const page = await ask(`/api/applications?state=${encodeURIComponent(name)}`);
      for (const one of page.applications) if (!state.applications.has(one.itemId)) state.applications.set(one.itemId, one);
    } catch { /* events go on */ }
  }
  render();
}

connect({
  snapshot({ status }) {
    state.live = true;
    state.problem = null;
    state.status = status;
    state.applications.clear();
    takeReaders(status.readers);
    render();
    loadQueue(status.queue.counts);
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
    takeRead(read);
    render();
  },
  application({ application }) {
    state.applications.set(application.itemId, application);
    queue.prune(state.applications);
    render();
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
window.addEventListener("pagehide", forget);
setInterval(() => station.tick(state), 1_000);
translate();

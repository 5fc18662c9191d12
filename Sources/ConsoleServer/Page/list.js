// The list of applications: today's, those that need somebody, those that wait, and what was searched for. What a search for
// a person found is personal: it goes with the next search, the view, and the person who asked.

import { at, fill, make, say, wipe } from "./dom.js";
import { ask, send } from "./link.js";
import { settled } from "./queue.js";
import { sentence } from "./sign.js";
import { both, clockTime, date, language, number, stateWord, t, vietnamDay, vietnamToday } from "./strings.js";
import * as item from "./item.js";
import * as stick from "./stick.js";

const ROWS = 200;
const PAGES = 4; // of today's applications; a day of a busy station has two
const NEWEST = 9007199254740991;

/** States in which an application needs a person. */
const alarming = new Set(["held", "rejected", "quarantined"]);

let filter = "today";
let found = null; // { rows, people, more } of the last search
let said = "";
let turn = 0; // an answer to an earlier search is not shown

/** Forgets whom was searched for. */
export function forget() {
  found = null;
  turn += 1;
  said = "";
  filter = "today";
  at("search").reset();
  wipe(at("rows"));
  item.close();
  stick.close();
}

const filters = {
  today: (state) => (one) => vietnamDay(one.capturedAt) === vietnamToday(state.status),
  action: () => (one) => alarming.has(one.state),
  waiting: () => (one) => !settled.has(one.state) && !alarming.has(one.state),
};

function rowsOf(state) {
  const all = filter === "found" ? [...found.rows.keys()].map((id) => state.applications.get(id) ?? found.rows.get(id))
    : [...state.applications.values()].filter(filters[filter](state));
  return all.sort((a, b) => b.sequence - a.sequence);
}

export function render(state) {
  const { status, live } = state;
  if (at("queue-view").hidden || !status) return;
  const counts = status.queue.counts;
  const sum = (test) => Object.entries(counts).reduce((all, [name, count]) => all + (test(name) ? count : 0), 0);
  const rows = live ? rowsOf(state) : [];
  const figures = {
    today: [...state.applications.values()].filter(filters.today(state)).length,
    action: sum((name) => alarming.has(name)),
    waiting: sum((name) => !settled.has(name) && !alarming.has(name)),
    found: found?.rows.size ?? 0,
  };
  for (const button of at("filters").querySelectorAll("button")) {
    const name = button.dataset.filter;
    button.hidden = name === "found" && !found;
    button.setAttribute("aria-pressed", String(name === filter));
    say(button, `${t(`filter.${name}`)} (${number(figures[name])})`);
  }
  const more = filter === "found" ? found.more : rows.length > ROWS || (filter !== "today" && rows.length < figures[filter]);
  say(at("list-said"), said || (more ? t("listMore") : ""));
  const shown = rows.slice(0, ROWS);
  fill(at("rows"), [shown, found?.people, item.shown(), filter, language()], () => {
    const focused = document.activeElement?.closest("#rows") ? document.activeElement.dataset.id : null;
    setTimeout(() => focused && document.activeElement === document.body && at("rows").querySelector(`[data-id="${focused}"]`)?.focus());
    return shown.length === 0 ? [make("li", { class: "empty" }, t(`empty.${filter}`))] : shown.map(row);
  });
  item.render(state);
  stick.render(state);
  at("hint").hidden = Boolean(item.shown()) || stick.isOpen();
}

export const toneOf = (one) => (alarming.has(one.state) ? "bad" : one.state === "accepted" ? "good" : one.problem ? "doubt" : "quiet");

function row(one) {
  const person = found?.people.get(one.itemId);
  const why = one.reason ? t(`why.${one.reason}`, null, one.reason) : one.problem ? both(one.problem).title : null;
  const button = make("button", { type: "button", "data-id": one.itemId, "data-tone": toneOf(one), "aria-current": one.itemId === item.shown() && "true" },
    make("span", { class: "receipt" }, one.receiptNumber, one.revision > 1 ? make("small", {}, ` ${t("revision", { number: one.revision })}`) : null),
    make("span", { class: "time" }, `${date(vietnamDay(one.capturedAt)).slice(0, 5)} ${clockTime(one.capturedAt)}`),
    make("span", { class: "state" }, stateWord(one)),
    person ? make("span", { class: "why" }, `${person.name}, ${person.maskedNumber}, ${person.phone}`) : null,
    why ? make("span", { class: "why" }, why) : null);
  return make("li", {}, button);
}

/** Listens to the view. `on` has `state`, `changed()` and `take(applications)`. */
export function listen(on) {
  const { state } = on;
  item.listen(on);
  stick.listen(on);

  at("rows").addEventListener("click", (event) => {
    const id = event.target.closest("[data-id]")?.dataset.id;
    if (!id) return;
    overtake();
    stick.close();
    item.open(id);
  });
  at("filters").addEventListener("click", (event) => {
    const name = event.target.closest("button")?.dataset.filter;
    if (!name) return;
    filter = name;
    turn += 1;
    said = "";
    on.changed();
  });
  at("stick-open").addEventListener("click", () => {
    overtake();
    item.close();
    stick.open();
  });

  at("search").addEventListener("submit", async (event) => {
    event.preventDefault();
    const digits = at("digits").value.replace(/\D/g, "");
    const mine = ++turn;
    found = null;
    if (filter === "found") filter = "today";
    said = digits ? t("working") : t("searchEmpty");
    on.changed();
    if (!digits) return at("digits").focus();
    try {
      const people = new Map();
      let list, more = false;
      if (digits.length === 12 || /^(0|84)\d{9}$/.test(digits)) {
        // A number of a person must not stay in the field.
        at("digits").value = "";
        const question = digits.length === 12 ? { personalNumber: digits } : { phone: digits };
        const { entries } = await send("/api/applications/find", question);
        list = entries.map((each) => each.application);
        for (const each of entries) people.set(each.application.itemId, each);
      } else {
        const page = await ask(`/api/applications?before=${NEWEST}&ending=${digits}`);
        list = page.applications;
        more = page.next != null;
      }
      if (mine !== turn) return;
      on.take(list);
      found = { rows: new Map(list.map((one) => [one.itemId, one])), people, more };
      filter = "found";
      said = list.length === 0 ? t("empty.found") : "";
      if (list.length === 1) item.open(list[0].itemId);
    } catch (problem) {
      if (mine !== turn) return;
      said = sentence(problem);
    }
    on.changed();
  });
}

/** Whoever goes on to something else waits for no search any more. */
function overtake() {
  turn += 1;
  if (said === t("working")) said = "";
}

/** Fills in today's applications: what happened before this page was there. */
export async function open(on) {
  const visit = on.state.person;
  let before = NEWEST;
  try {
    for (let pages = 0; pages < PAGES && before != null; pages += 1) {
      const { applications, next } = await ask(`/api/applications?before=${before}`);
      if (visit !== on.state.person) return;
      const today = applications.filter(filters.today(on.state));
      on.take(today);
      before = today.length === applications.length ? next : null;
    }
  } catch (problem) {
    said = sentence(problem);
  }
  on.changed();
}

// Sticks: what waits is written to one, receipts come back on one.

import { at, fill, make, say, wipe } from "./dom.js";
import { ask, send } from "./link.js";
import { second, sentence, signature } from "./sign.js";
import { language, number, t } from "./strings.js";

const LONG = 3_600_000; // a slow stick and a full spool
const LOOK = 700;

let isShown = false;
let list = null; // what is plugged in
let said = null;
let running = false; // a run that this page began
let following = null;
let changed = () => {};

export const isOpen = () => isShown;

export function close() {
  isShown = false;
  said = null;
  wipe(at("stick-form"));
}

export async function open() {
  isShown = true;
  changed();
  at("stick-title").focus();
  await look(true);
}

/** A look that nobody asked for tells no failure of its own: it would stand where the run's word stands. */
async function look(isAsked = false) {
  try {
    list = await ask("/api/media");
  } catch (problem) {
    if (isAsked) said = { tone: "bad", text: sentence(problem) };
  }
  changed();
  // A run goes on whose page was closed, or that another desk began: it is followed to its end.
  clearTimeout(following);
  if (isShown && !running && list?.work) following = setTimeout(look, LOOK);
}

export function render({ status }) {
  at("stick").hidden = !isShown;
  if (!isShown) return;
  const waiting = ["saved", "deferred", "unknown"].reduce((sum, name) => sum + (status.queue.counts[name] ?? 0), 0);
  const exported = status.queue.counts.exported ?? 0;
  fill(at("stick-form"), [list?.media, language()], () => form(list?.media ?? []));
  say(at("stick-export"), t("stickExport", { count: number(waiting) }));
  say(at("stick-recall"), t("stickRecall", { count: number(exported) }));
  at("stick-recall").hidden = exported === 0;
  const work = list?.work ?? (running ? { done: 0 } : null);
  for (const button of at("stick-form").querySelectorAll("button")) button.disabled = Boolean(work);
  at("stick-progress").hidden = !work;
  const bar = at("stick-bar");
  if (work?.total) {
    bar.max = work.total;
    bar.value = work.done;
  } else {
    bar.removeAttribute("value");
  }
  say(at("stick-count"), work ? (work.total && work.done >= work.total ? t("stickVerifying") : t("stickDone", { done: number(work.done), total: work.total ? number(work.total) : "?" })) : "");
  say(at("stick-said"), said?.text ?? "");
  at("stick-said").dataset.tone = said?.tone ?? "quiet";
}

function form(media) {
  const rows = media.map((each, index) => {
    const box = make("input", { type: "radio", name: "medium", value: each.directory });
    box.checked = index === 0;
    const words = each.problem ? (language() === "vi" ? each.problem.detailVi : each.problem.title) : t("freeRoom", { count: number(Math.floor(each.freeBytes / 1_048_576)) });
    return make("label", { class: "choice" }, box, make("span", {}, `${each.directory} (${words})`));
  });
  const work = (id, key, tone = "quiet-button") => make("button", { type: "button", id, class: tone, "data-stick": id.slice(6) }, t(key));
  return [
    make("fieldset", {}, make("legend", {}, t("medium")), ...(rows.length ? rows : [make("p", { class: "note" }, t("noMedium"))])),
    work("stick-again", "lookAgain"),
    make("h4", {}, t("stickExportTitle")),
    make("label", { class: "choice" }, make("input", { type: "checkbox", id: "stick-lost" }), make("span", {}, t("stickLost"))),
    second("stick", "coSign", "coSignNote"),
    make("div", { class: "answers" }, work("stick-export", "stickExportTitle", "primary")),
    make("h4", {}, t("stickImportTitle")),
    make("p", { class: "note" }, t("stickImportNote")),
    make("div", { class: "answers" }, work("stick-import", "stickImport"), work("stick-recall", "stickRecall")),
  ];
}

/** Runs what takes its time, and shows how far it is. */
async function run(path, body, headers, words) {
  running = true;
  said = { tone: "quiet", text: t("stickStay") };
  changed();
  const looking = setInterval(look, LOOK);
  try {
    said = words(await send(path, body, headers, LONG));
  } catch (problem) {
    said = { tone: "bad", text: sentence(problem) };
  } finally {
    clearInterval(looking);
    running = false;
  }
  if (at("stick-secret")) at("stick-secret").value = "";
  await look();
}

const exported = (report) => (report.items === 0 ? { tone: "quiet", text: t("stickNothing") }
  : { tone: "good", text: t("stickExported", { count: number(report.items), name: report.name }) });

function imported({ bundles, refused }) {
  const sum = (name) => number(bundles.reduce((all, each) => all + each[name], 0));
  const parts = bundles.length === 0 && refused.length === 0 ? [t("stickNoReceipts")]
    : [t("stickReceipts", { accepted: sum("accepted"), rejected: sum("rejected"), known: sum("known") })];
  if (bundles.some((each) => each.foreign + each.invalid > 0)) parts.push(t("stickForeign", { count: number(bundles.reduce((all, each) => all + each.foreign + each.invalid, 0)) }));
  for (const each of refused) parts.push(`${each.name}: ${sentence(each.problem)}`);
  return { tone: refused.length ? "bad" : "good", text: parts.join(" ") };
}

export function listen(on) {
  changed = on.changed;
  at("stick-close").addEventListener("click", () => {
    close();
    on.changed();
    at("stick-open").focus();
  });
  at("stick-form").addEventListener("click", async (event) => {
    const what = event.target.closest("[data-stick]")?.dataset.stick;
    if (!what || running || list?.work) return;
    const directory = at("stick-form").querySelector("[name=medium]:checked")?.value;
    try {
      if (what === "again") return void look(true);
      if (what === "recall") return void run("/api/exports/recall", {}, {}, ({ recalled }) => ({ tone: "good", text: t("stickRecalled", { count: number(recalled) }) }));
      if (!directory) throw { key: "noMedium", at: "stick-again" };
      if (what === "import") return void run("/api/receipts/imports", { directory }, {}, imported);
      const headers = signature("stick");
      run("/api/exports", { directory, again: at("stick-lost").checked }, headers, exported);
    } catch (problem) {
      said = { tone: "bad", text: sentence(problem) };
      on.changed();
      at(problem.at)?.focus();
    }
  });
}

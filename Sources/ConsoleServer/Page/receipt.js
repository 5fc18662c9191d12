// The receipt: what the citizen takes home, on paper or as a photograph of the screen. There is none before the save.

import { at, fill, make, say, wipe as empty } from "./dom.js";
import { clockTime, date, language, stateWord, t, vietnamDay, vi } from "./strings.js";
import { picture } from "./qr.js";

let receipt = null;
let printed = 0;
let on = null;

/** Forgets the receipt. */
export function wipe() {
  receipt = null;
  printed = 0;
  empty(at("slip"));
  say(at("receipt-number"), "");
  say(at("receipt-state"), "");
  empty(at("receipt-warnings"));
}

/** Shows a receipt: `{itemId, receiptNumber, savedAt, maskedNumber, warnings, point, team}`. Of an earlier one, `isReprint`
 * says on paper that it is not the first. */
export function open(next) {
  wipe();
  receipt = next;
  printed = next.isReprint ? 1 : 0;
}

/** The day by which an answer is due: working days counted from the day after the intake. */
export function expectedDay(day, { workingDays, holidays, extraWorkingDays }) {
  const at = new Date(`${day}T00:00:00Z`);
  for (let left = workingDays; left > 0;) {
    at.setUTCDate(at.getUTCDate() + 1);
    const text = at.toISOString().slice(0, 10);
    const isRest = at.getUTCDay() === 0 || at.getUTCDay() === 6;
    if (extraWorkingDays.includes(text) || (!isRest && !holidays.includes(text))) left -= 1;
  }
  return at.toISOString().slice(0, 10);
}

export function render({ applications, description, status }) {
  const isShown = Boolean(receipt);
  const came = isShown && at("receipt").hidden;
  at("receipt").hidden = !isShown;
  say(at("print"), t(printed ? "reprint" : "print"));
  if (!receipt) return;
  say(at("receipt-number"), receipt.receiptNumber);
  const one = applications.get(receipt.itemId);
  say(at("receipt-state"), one ? stateWord(one) : t("saved"));
  fill(at("receipt-warnings"), [receipt.itemId, receipt.warnings, language()], () => (receipt.warnings ?? []).map((each) =>
    make("li", {}, language() === "vi" ? each.messageVi : each.message)));
  const terms = description?.receipt;
  fill(at("slip"), [receipt, terms, printed, status?.stationId], () => slip(terms, status));
  if (came) at("print").focus();
}

/** In Vietnamese whatever language the page has: it is the citizen's. */
function slip(terms, status) {
  const day = vietnamDay(receipt.savedAt);
  const line = (key, value) => (value ? make("p", {}, make("span", {}, vi(key)), make("b", {}, value)) : null);
  const due = terms ? expectedDay(day, terms) : null;
  return [
    make("p", { class: "slip-head" }, vi("slip.title")),
    printed > 1 || receipt.isReprint ? make("p", { class: "slip-again" }, vi("slip.again")) : null,
    make("p", { class: "slip-place" }, [receipt.point, status?.stationId].filter(Boolean).join(" · ")),
    picture(receipt.receiptNumber, t("qrLabel", { number: receipt.receiptNumber })),
    make("p", { class: "slip-number" }, receipt.receiptNumber),
    line("slip.person", receipt.maskedNumber),
    line("slip.time", `${clockTime(receipt.savedAt)} ${date(day)}`),
    line("slip.due", due && `${vi(`weekday.${new Date(`${due}T00:00:00Z`).getUTCDay()}`)}, ${date(due)}`),
    make("p", { class: "slip-text" }, vi(receipt.noSmartphone ? "slip.activateWeb" : "slip.activate")),
    make("p", { class: "slip-text" }, vi("slip.secrets")),
    line("slip.hotline", terms?.hotline),
  ].filter(Boolean);
}

export function listen(hooks) {
  on = hooks;
  at("print").addEventListener("click", () => {
    if (!receipt) return;
    printed += 1;
    on.changed();
    print();
    // The next copy is another one; the paper in the printer's queue is not changed by it.
    at("print").focus();
  });
  for (const choice of document.getElementsByName("paper")) {
    choice.addEventListener("change", () => { document.body.dataset.paper = choice.value; });
  }
  document.body.dataset.paper = "roll";
  at("receipt-done").addEventListener("click", () => on.done());
}

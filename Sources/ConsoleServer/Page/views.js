// Which of the three views is on the page: the desk, the list of applications, the station.

import { at } from "./dom.js";
import { number } from "./strings.js";

const buttons = () => at("views").querySelectorAll("button");

/** Shows the view that is chosen, unless a question stands in its place. `shown` is what the page shows. */
export function render({ person, status, view }, shown) {
  at("views").hidden = !person || person.mustChangeSecret;
  for (const button of buttons()) {
    if (button.dataset.view === view) button.setAttribute("aria-current", "page");
    else button.removeAttribute("aria-current");
  }
  for (const name of ["queue", "station"]) at(`${name}-view`).hidden = shown !== name;
  at("side").hidden = shown === "queue" || shown === "station";
  const counts = status?.queue.counts ?? {};
  const alarms = (counts.held ?? 0) + (counts.rejected ?? 0) + (counts.quarantined ?? 0);
  at("alarms").hidden = alarms === 0;
  at("alarms").textContent = number(alarms);
}

/** `turn(view)` is called when the operator chooses one. */
export function listen(turn) {
  for (const button of buttons()) button.addEventListener("click", () => turn(button.dataset.view));
}

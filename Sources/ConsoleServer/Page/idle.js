// The idle lock. Input keeps the session alive at the station, which counts requests and not keys; without input for as long
// as the station allows, the page locks. Tabs of one browser are one desk: input in one counts in all.

import { at, say } from "./dom.js";
import { t } from "./strings.js";

const WARNING = 30; // seconds before the lock in which it is announced
const TOUCH = 30_000; // at most so often does input ask the station
const AHEAD = 1; // seconds by which the page locks before the station would end the session, so that it can say why

/** Both clocks: the monotonic one stands still while the machine sleeps, the wall clock may be set back. */
const now = () => ({ wall: Date.now(), steady: performance.now() });

let last = now();
let touched = 0;
let later = null; // the touch that input in the meantime asks for

/** Somebody is there. */
export function stir() {
  last = now();
}

/** Starts watching. `touch()` tells the station, never before the input that it tells of; `seconds()` is how long nothing may
 * be done, null when nobody is signed in; `lock()` is called once that is over. */
export function watch({ seconds, touch, lock }) {
  const seen = () => {
    const limit = seconds();
    if (limit === null) return;
    stir();
    later ??= setTimeout(() => {
      later = null;
      touched = performance.now();
      if (seconds() !== null) touch();
    }, touched + Math.min(TOUCH, limit * 250) - last.steady);
  };
  for (const kind of ["keydown", "pointerdown", "pointermove", "wheel"]) {
    addEventListener(kind, seen, { capture: true, passive: true });
  }
  setInterval(() => {
    const limit = seconds();
    const time = now();
    const left = limit === null ? Infinity : limit - AHEAD - Math.max(time.wall - last.wall, time.steady - last.steady) / 1_000;
    if (left <= 0) lock();
    const soon = left > 0 && left <= WARNING && left < limit / 2;
    say(at("idle-note"), soon ? t("idleSoon", { count: Math.ceil(left / 10) * 10 }) : "");
  }, 500);
}

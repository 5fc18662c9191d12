// Scanners that type, and people that type digits. Keys are read by where they are on the keyboard, not by what the system
// makes of them: a Vietnamese input method (Telex, VNI) rewrites what a scanner types, a Vietnamese layout has letters in
// the row of digits.

const SHIFTED = {
  Backquote: "`~", Minus: "-_", Equal: "=+", BracketLeft: "[{", BracketRight: "]}", Backslash: "\\|", IntlBackslash: "\\|",
  Semicolon: ";:", Quote: "'\"", Comma: ",<", Period: ".>", Slash: "/?", Space: "  ",
  NumpadDecimal: "..", NumpadAdd: "++", NumpadSubtract: "--", NumpadDivide: "//", NumpadMultiply: "**",
};
const DIGITS = ")!@#$%^&*(";
const TOGETHER = 60; // milliseconds between two keys of a scanner at most
const SETTLED = 1_000; // text that comes so long after the last key is not of that key: a touch keyboard, dictation

/** What a key types on the keyboard that scanners pretend to be; null for keys that type nothing. */
export function typed({ code, shiftKey, getModifierState }, event) {
  const letter = /^Key([A-Z])$/.exec(code)?.[1];
  if (letter) return shiftKey !== getModifierState.call(event, "CapsLock") ? letter : letter.toLowerCase();
  const digit = /^Digit(\d)$/.exec(code)?.[1];
  if (digit) return shiftKey ? DIGITS[digit] : digit;
  const pad = /^Numpad(\d)$/.exec(code)?.[1];
  if (pad) return pad;
  return SHIFTED[code]?.[shiftKey ? 1 : 0] ?? null;
}

const PRESSING = new Set(["Space", "Enter", "NumpadEnter"]);

/** Keeps scanners, and keys that are held, off the buttons: the blanks of a name and the Enter at its end would press
 * whatever has the focus, a citizen's consent or the saving. */
export function keepOffButtons() {
  let last = -Infinity;
  let quick = 0;
  const judge = (event) => {
    if (event.type === "keydown" && !event.repeat) {
      const now = performance.now();
      quick = now - last < TOGETHER ? quick + 1 : 0;
      last = now;
    }
    if (!PRESSING.has(event.code) || !(event.repeat || quick > 5)) return;
    if (event.target.closest?.("button, summary, a, [type=radio], [type=checkbox]")) event.preventDefault();
  };
  for (const kind of ["keydown", "keyup"]) addEventListener(kind, judge, true);
  // Whoever goes on to the next field has begun anew; a scan stays where it is.
  addEventListener("focusin", () => { quick = 0; });
}

/** Reads a field by key codes. `allows` is what it takes, `most` how much; `changed(text)` follows every key, `done(text)`
 * Enter. Returns what empties it, and takes keys that were pressed elsewhere. */
export function readKeys(field, { allows, most, changed = () => {}, done }) {
  let text = "";
  let last = -Infinity; // when the last key came
  let quick = 0; // keys so close together that nobody types them

  const show = () => {
    if (field.value !== text) field.value = text;
    changed(text);
  };
  const add = (more) => {
    text = [...text + more].filter((each) => allows.test(each)).join("").slice(0, most);
  };

  const take = (event) => {
    const now = performance.now();
    quick = now - last < TOGETHER ? quick + 1 : 0;
    const { code } = event;
    const isEnd = code === "Enter" || code === "NumpadEnter" || (code === "Tab" && !event.shiftKey && (quick > 5 || text.includes("|")));
    if (!code || event.ctrlKey || event.metaKey || event.altKey) return;
    if (isEnd) {
      event.preventDefault();
      if (event.repeat) return;
      // The three lines of a card's back come with a line end each.
      if (/^[A-Z]{1,2}[A-Z0-9<]{28}/i.test(text) && text.length < 90) return;
      done(text);
      return;
    }
    const key = typed(event, event);
    if (key !== null) add(key);
    else if (code === "Backspace" || code === "Delete") text = text.slice(0, -1);
    else return;
    last = now;
    event.preventDefault();
    show();
  };

  field.addEventListener("keydown", take);
  for (const kind of ["input", "compositionend"]) {
    field.addEventListener(kind, () => {
      // What an input method made of our own keys is dropped; text that came without keys is taken.
      if (performance.now() - last > SETTLED) {
        text = "";
        add(field.value);
      }
      show();
    });
  }
  return {
    take,
    clear() {
      text = "";
      quick = 0;
      field.value = "";
    },
  };
}

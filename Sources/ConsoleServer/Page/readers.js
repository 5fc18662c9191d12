// Which of the readers the desk works with.

const placed = new Map(); // by reader, which card came when, so that of two cards the later one is meant
let placings = 0;

/** The reader that the desk works with: one that is reading, then the one whose card it shows, then what the operator chose,
 * then the one whose card came last. */
export function activeReader(list, state) {
  for (const each of list.readers) {
    if (each.state === "empty" || placed.get(each.id)?.insertion === each.insertion) continue;
    placed.set(each.id, { insertion: each.insertion, turn: ++placings });
  }
  const isHolder = (each) => each.state === "card" && state.read?.state === "finished" && each.id === state.read.reader;
  const isChosen = (each) => each.state === "card" && each.id === state.chosen;
  if (!list.readers.some(isChosen)) state.chosen = null;
  const rank = (each) => (each.state === "reading" ? 0 : isHolder(each) ? 1 : isChosen(each) ? 2 : { card: 3, mute: 4, empty: 5 }[each.state]);
  const turn = (each) => placed.get(each.id)?.turn ?? 0;
  return list.readers.toSorted((a, b) => rank(a) - rank(b) || turn(b) - turn(a))[0] ?? null;
}

/** Whether a card lies there that was not there when the receipt was made. */
export const isNextCard = (list, before) => list.readers.some((each) => each.state !== "empty" && before.get(each.id) !== each.insertion);

// The connection to the station: one event stream that comes back by itself, and a slow pulse that notices a station
// which is silent rather than gone.

const PULSE = 15_000;
const PATIENCE = 5_000;

/** A sign-in computes for a while, and waits for others. */
const CHANGE_PATIENCE = 30_000;

let ended = () => {};
let visit = () => 0;

/** `handler(problem)` is called when an answer says that nobody is signed in any more. What was asked in an earlier visit,
 * which `current()` counts, says nothing of the one that has begun since. */
export function onSessionEnd(current, handler) {
  visit = current;
  ended = handler;
}

async function answer(asked, request) {
  const response = await request;
  const body = response.status === 204 ? null : await response.json();
  if (response.ok) return body;
  if (endsSession(body) && asked === visit()) ended(body);
  throw body;
}

const endsSession = (problem) => problem.code === "session-expired" || problem.code === "sign-in-required";

/** Fetches JSON; a failure throws the station's problem. */
export async function ask(path) {
  return answer(visit(), fetch(path, { cache: "no-store", signal: AbortSignal.timeout(PATIENCE) }));
}

/** Sends JSON; a failure throws the station's problem. */
export async function send(path, body = {}, headers = {}, patience = CHANGE_PATIENCE) {
  return answer(visit(), fetch(path, {
    method: "POST", cache: "no-store", headers: { "Content-Type": "application/json", ...headers }, body: JSON.stringify(body),
    signal: AbortSignal.timeout(patience),
  }));
}

/** Starts the connection. `on` has handlers by kind of event, and `away(problem)`. Returns what begins it anew: the station
 * has to be asked again when somebody signs in or out. */
export function connect(on) {
  let source = null;
  let closing = null;

  const gone = (problem) => on.away(problem?.code ? problem : null);

  const open = () => {
    clearTimeout(closing);
    source?.close();
    source = new EventSource("/api/events");
    for (const kind of ["session", "snapshot", "readers", "read", "application", "status"]) {
      source.addEventListener(kind, (event) => {
        clearTimeout(closing);
        on[kind](JSON.parse(event.data));
      });
    }
    source.addEventListener("away", (event) => {
      const problem = JSON.parse(event.data);
      if (endsSession(problem)) ended(problem);
      else gone(problem);
    });
    source.onerror = () => {
      // A stream that ended is asked for again at once; only a second failure means that nobody is there.
      clearTimeout(closing);
      closing = setTimeout(() => gone(null), 2_500);
      if (source.readyState === EventSource.CLOSED) setTimeout(open, 1_000);
    };
  };

  setInterval(async () => {
    try {
      const status = await ask("/api/status");
      if (source.readyState === EventSource.OPEN) on.status({ status });
      else if (source.readyState === EventSource.CLOSED) open();
    } catch (problem) {
      gone(problem);
      // What the page forgets with this comes back with a new stream's snapshot, and with nothing else.
      open();
    }
  }, PULSE);

  open();
  return open;
}

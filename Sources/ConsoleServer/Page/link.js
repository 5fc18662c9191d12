// The connection to the station: one event stream that comes back by itself, and a slow pulse that notices a station
// which is silent rather than gone.

const PULSE = 15_000;
const PATIENCE = 5_000;

/** Fetches JSON; a failure throws the station's problem. */
export async function ask(path) {
  const response = await fetch(path, { cache: "no-store", signal: AbortSignal.timeout(PATIENCE) });
  const body = await response.json();
  if (!response.ok) throw body;
  return body;
}

/** Starts the connection. `on` has handlers by kind of event, and `away(problem)`. */
export function connect(on) {
  let source = null;
  let closing = null;

  const gone = (problem) => on.away(problem?.code ? problem : null);

  const open = () => {
    source?.close();
    source = new EventSource("/api/events");
    for (const kind of ["snapshot", "readers", "read", "application", "status"]) {
      source.addEventListener(kind, (event) => {
        clearTimeout(closing);
        on[kind](JSON.parse(event.data));
      });
    }
    source.addEventListener("away", (event) => gone(JSON.parse(event.data)));
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
    }
  }, PULSE);

  open();
}

/** What Ctrl-C means to a program that has started others: end them in order; once more: at once. */
import process from 'node:process';

/** What shells say of a program that Ctrl-C ended before its work was done. */
export const STOPPED_EARLY = 130;

export interface Stop {
  /** Aborted by the first signal. */
  readonly signal: AbortSignal;
  /** Aborted by a later one: whoever sends it does not want to wait. */
  readonly hurry: AbortSignal;
  /** Resolves with the first signal. */
  readonly asked: Promise<void>;
}

/** One Ctrl-C may arrive several times: from the terminal, from npm and from the bootstrap. */
const ECHO_MS = 1_000;

/** Listens until the process ends, so that no signal ends it while its children still run. */
export function listenForStop(): Stop {
  const stop = new AbortController();
  const hurry = new AbortController();
  let first = 0;
  const onSignal = () => {
    if (!stop.signal.aborted) first = performance.now();
    else if (performance.now() - first > ECHO_MS) hurry.abort();
    stop.abort();
  };
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, onSignal);
  const asked = new Promise<void>((resolve) => {
    stop.signal.addEventListener('abort', () => resolve(), { once: true });
  });
  return { signal: stop.signal, hurry: hurry.signal, asked };
}

/** What the process ends with: that of `main`, or of a failure, which is told to whoever started it. */
export const exitCodeOf = (main: () => Promise<number>, { signal }: Stop): Promise<number> =>
  main().catch((error: unknown) => {
    if (signal.aborted) return STOPPED_EARLY;
    process.stderr.write(`\n${error instanceof Error ? error.message : String(error)}\n`);
    return 1;
  });

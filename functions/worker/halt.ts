/** Why an attempt ends before its child does. */
export type HaltReason =
  | 'cancelled'
  | 'timeout'
  /** The log cannot be stored. */
  | 'broken'
  /** The consumer itself must stop. */
  | 'stopping'
  /** The lease is another's, or ended, or nobody waits any longer: discard. */
  | 'lost';

/** The one place where an attempt learns that it must end. */
export interface Halt {
  /** Aborted by the first reason. */
  readonly signal: AbortSignal;
  /** Aborted when nothing may be told to the API any more. */
  readonly gone: AbortSignal;
  readonly reason: HaltReason | undefined;
  /** The first reason stays, but nothing outlives a lost lease. */
  halt(reason: HaltReason): void;
}

export function createHalt(): Halt {
  const first = new AbortController();
  const gone = new AbortController();
  let current: HaltReason | undefined;
  return {
    signal: first.signal,
    gone: gone.signal,
    get reason() {
      return current;
    },
    halt(reason) {
      if (current === undefined || reason === 'lost') current = reason;
      first.abort();
      if (reason === 'lost') gone.abort();
    },
  };
}

/** Longest delay of a timer; longer ones would fire at once. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** A timer that a day-long job may ask for. */
export const after = (ms: number, act: () => void): NodeJS.Timeout =>
  setTimeout(act, Math.min(Math.max(ms, 0), MAX_TIMER_MS));

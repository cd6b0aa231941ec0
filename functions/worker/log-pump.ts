import type { LogAnswer, WorkerLogLine } from '#domain/jobs/protocol.ts';
import type { Fenced } from './client.ts';

const FLUSH_MS = 250;
const FLUSH_LINES = 100;
const BATCH_LINES = 400;
/** Of JSON; far below what a gateway or one stored item takes. */
const BATCH_BYTES = 256 * 1024;
const BUFFER_LINES = 2_000;
const BUFFER_BYTES = 1024 * 1024;

export interface PumpOptions {
  /** Sends lines from number `first` on, and returns only when they are stored, or the lease lost. */
  readonly send: (first: number, lines: readonly WorkerLogLine[]) => Promise<Fenced<LogAnswer>>;
  /** Told once when the lease turns out to be lost. */
  readonly onLost: () => void;
  /** Told once when the lines cannot be stored; `end` then throws why. */
  readonly onFailure: () => void;
  readonly onFlush?: () => void;
}

/** The log of one attempt: in order, each line stored once, one call at a time. */
export interface LogPump {
  /** Resolves when there is room again, so that whoever awaits it is slowed down. */
  push(line: WorkerLogLine): Promise<void>;
  /** No room: readers are being held up. */
  readonly full: boolean;
  /** Resolves when every line is stored or the pump was stopped; throws when they cannot be. */
  end(): Promise<void>;
  /** Forgets what was not sent. */
  stop(): void;
}

interface Queued {
  readonly line: WorkerLogLine;
  readonly bytes: number;
}

interface State {
  queue: Queued[];
  bytes: number;
  /** The number of the first line in `queue`. */
  first: number;
  open: boolean;
  failure: { readonly error: unknown } | undefined;
  ending: boolean;
  notify: () => void;
  roomWaiters: (() => void)[];
}

const isFull = ({ queue, bytes }: State): boolean =>
  queue.length >= BUFFER_LINES || bytes >= BUFFER_BYTES;

export function logPump(options: PumpOptions): LogPump {
  const state: State = {
    queue: [],
    bytes: 0,
    first: 0,
    open: true,
    failure: undefined,
    ending: false,
    notify: () => {},
    roomWaiters: [],
  };
  const running = run(state, options);
  return {
    get full() {
      return state.open && isFull(state);
    },
    push(line) {
      if (!state.open) return Promise.resolve();
      const bytes = Buffer.byteLength(JSON.stringify(line)) + 1;
      state.queue.push({ line, bytes });
      state.bytes += bytes;
      state.notify();
      if (!isFull(state)) return Promise.resolve();
      return new Promise((resolve) => state.roomWaiters.push(resolve));
    },
    async end() {
      state.ending = true;
      state.notify();
      await running;
      if (state.failure !== undefined) throw state.failure.error;
    },
    stop: () => close(state),
  };
}

function close(state: State): void {
  state.open = false;
  state.queue = [];
  state.bytes = 0;
  letIn(state);
  state.notify();
}

function letIn(state: State): void {
  for (const resolve of state.roomWaiters.splice(0)) resolve();
}

async function run(state: State, { send, onLost, onFailure, onFlush }: PumpOptions): Promise<void> {
  while (await worthSending(state)) {
    try {
      const answer = await send(
        state.first,
        batchOf(state).map(({ line }) => line),
      );
      if (!state.open) return;
      if (!answer.held) {
        close(state);
        onLost();
        return;
      }
      acknowledge(state, answer.value.next);
      onFlush?.();
    } catch (error) {
      // After a stop the failure is only the echo of the abort.
      if (!state.open) return;
      state.failure = { error };
      close(state);
      onFailure();
    }
  }
}

/** Waits until a batch is due; false when there is nothing more to do. */
async function worthSending(state: State): Promise<boolean> {
  let due = 0;
  for (;;) {
    if (!state.open) return false;
    const { length } = state.queue;
    if (length === 0 && state.ending) return false;
    const urgent = state.ending || length >= FLUSH_LINES || state.bytes >= BATCH_BYTES;
    if (length > 0 && urgent) return true;
    if (length > 0 && due === 0) due = performance.now() + FLUSH_MS;
    const ms = due === 0 ? undefined : due - performance.now();
    if (ms !== undefined && ms <= 0) return true;
    await notified(state, ms);
  }
}

function notified(state: State, ms: number | undefined): Promise<void> {
  return new Promise((resolve) => {
    const timer = ms === undefined ? undefined : setTimeout(resolve, ms);
    state.notify = () => {
      clearTimeout(timer);
      state.notify = () => {};
      resolve();
    };
  });
}

function batchOf({ queue }: State): Queued[] {
  let bytes = 0;
  const end = queue.slice(0, BATCH_LINES).findIndex((queued, index) => {
    bytes += queued.bytes;
    return index > 0 && bytes > BATCH_BYTES;
  });
  return queue.slice(0, end === -1 ? BATCH_LINES : end);
}

function acknowledge(state: State, next: number): void {
  const stored = Math.min(next - state.first, state.queue.length);
  if (stored <= 0) throw new Error('The API acknowledged no line of the log.');
  for (const { bytes } of state.queue.splice(0, stored)) state.bytes -= bytes;
  state.first += stored;
  if (!isFull(state)) letIn(state);
}

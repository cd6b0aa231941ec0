import type { JobStatus } from './job-state.ts';

export type StepState = 'waiting' | 'running' | 'done' | 'failed';

interface Line {
  readonly loggerName: string;
  readonly message: string;
}

/** What the runner of jobs says at the start and the end of a step; names have no spaces around. */
const STARTED = /^step (.+): started \((\d+) of \d+\)$/;
const FINISHED = /^step (.+): finished in [\d.]+ s$/;
/** Lines of this logger are the runner's own; a job's code may use the name, which deceives its owner alone. */
const RUNNER = 'assay.job';

/** Takes one more line of the log into account; a first step begins a new attempt. */
export function noteLine(states: Map<string, StepState>, { loggerName, message }: Line): void {
  if (loggerName !== RUNNER || !message.startsWith('step ')) return;
  const started = STARTED.exec(message);
  if (started !== null) {
    const [, name = '', number] = started;
    if (number === '1') states.clear();
    states.set(name, 'running');
    return;
  }
  const name = FINISHED.exec(message)?.[1];
  if (name !== undefined) states.set(name, 'done');
}

/** The states of a job's steps after what its log said: what ran when the job failed has failed. */
export function stepStates(
  told: ReadonlyMap<string, StepState>,
  status: JobStatus,
): Readonly<Record<string, StepState>> {
  const isOver = status === 'failed' || status === 'finished';
  // Of an attempt that is to come nothing has run yet.
  if (status === 'queued' || status === 'deferred') return {};
  const entries = [...told].map(([name, state]): [string, StepState] => [
    name,
    state === 'running' && isOver ? (status === 'failed' ? 'failed' : 'done') : state,
  ]);
  return Object.fromEntries(entries);
}

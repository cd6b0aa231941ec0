/** What the jobs of the benchmark run: a few words of the shell in the place of Python. */
import { fileURLToPath } from 'node:url';
import type { Runtime } from '#worker/python.ts';

const SCRIPT = fileURLToPath(new URL('./job.sh', import.meta.url));

export const LINES = 20;
/** How long a job sleeps. */
export const JOB_MS = 50;

export const nativeRuntime: Runtime = (_claim, { root }) => ({
  command: '/bin/sh',
  args: [SCRIPT, root],
});

/** The log of a run, and the artifact that it leaves. */
export const linesOf = (runId: string): readonly string[] =>
  Array.from({ length: LINES }, (_, line) => `${runId} line ${line}`);
export const rowsOf = (runId: string): string => `${runId} rows\n`;

/** Milliseconds on a clock that the processes of one machine share, finer than whole ones. */
export const now = (): number => performance.timeOrigin + performance.now();

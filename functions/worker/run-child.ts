import { setTimeout as wait } from 'node:timers/promises';
import { type LogSink, readRecords, readText } from './child-log.ts';
import { JobFailure } from './failure.ts';
import { after, type Halt } from './halt.ts';
import { explain } from './log.ts';
import {
  type ChildSetup,
  type Exit,
  type Launcher,
  launch,
  type RunningChild,
} from './sandbox/launch.ts';
import { onAbort } from './together.ts';

/** How long a pipe may stay open when nobody of the job should hold it any more. */
const LEFTOVER_MS = 2_000;
const TICK_MS = 50;

export interface ChildRun {
  readonly launcher: Launcher;
  readonly setup: ChildSetup;
  readonly sink: LogSink;
  readonly halt: Halt;
  /** Between SIGTERM and SIGKILL; asked for when the stop begins. */
  readonly graceMs: () => number;
  readonly onStart: () => void;
}

/** Runs the child to its end, however that comes; its whole output is in the log by then. */
export async function runChild(run: ChildRun): Promise<Exit> {
  const { sink, halt } = run;
  const child = launch(run.launcher, run.setup);
  const reading = Promise.all([
    readRecords(child.records, sink),
    readText(child.stdout, { severity: 'INFO', logger: 'stdout' }, sink),
    readText(child.stderr, { severity: 'WARNING', logger: 'stderr' }, sink),
  ]);
  const release = endWith(child, halt, run.graceMs);
  try {
    run.onStart();
    const exit = await child.exited;
    await child.killRest();
    return exit;
  } catch (error) {
    const message = `The job's process could not be started: ${explain(error)}`;
    throw new JobFailure('runtime_error', message, { cause: error });
  } finally {
    release();
    await drain(child, reading, sink);
  }
}

/** Ends the child when the attempt ends: politely at first, unless the lease is lost. */
function endWith(child: RunningChild, halt: Halt, graceMs: () => number): () => void {
  let killing: NodeJS.Timeout | undefined;
  const undo = [
    onAbort(halt.signal, () => {
      child.kill('SIGTERM');
      killing = after(graceMs(), () => child.kill('SIGKILL'));
    }),
    onAbort(halt.gone, () => child.kill('SIGKILL')),
  ];
  return () => {
    clearTimeout(killing);
    for (const act of undo) act();
  };
}

/**
 * Waits for the rest of the output. A process that left the job's group may hold a pipe open for
 * ever: it gets a moment, not counting the time in which the log itself holds the readers up.
 */
async function drain(child: RunningChild, reading: Promise<unknown>, sink: LogSink): Promise<void> {
  let done = false;
  const ended = reading.then(() => {
    done = true;
  });
  for (let left = LEFTOVER_MS; left > 0 && !done; ) {
    await Promise.race([ended, wait(TICK_MS)]);
    if (!sink.pump.full) left -= TICK_MS;
  }
  for (const stream of [child.stdout, child.stderr, child.records]) stream.destroy();
  await ended;
}

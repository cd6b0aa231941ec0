import { setTimeout as sleep } from 'node:timers/promises';
import {
  createWorkerToken,
  dropWorkerToken,
  MAX_TIMEOUT_SECONDS,
  NUDGE_SECONDS,
} from '#domain/jobs/index.ts';
import { type Context, requireSystem } from '#kernel/context.ts';
import type { WorkerTasks } from '#kernel/worker-tasks.ts';
import { dropPool, type Hold, noteTasks, RECENT_MS, releasePool, takePool } from './hold.ts';

export interface Launch {
  readonly pool: string;
  /** Most tasks at a time. */
  readonly max: number;
  /** Jobs that one task runs at a time; one when missing. */
  readonly concurrency?: number | undefined;
  /** A message was just sent; otherwise it is a look by schedule. */
  readonly nudged: boolean;
  /** Between the two looks. */
  readonly settleMs?: number;
}

export interface LaunchReport {
  readonly started: number;
  readonly failed: number;
}

/** A worker takes nothing new after so long: then it has its token for one more job at most. */
const LIFE_SECONDS = 7 * 86_400;
const TOKEN_SECONDS = LIFE_SECONDS + MAX_TIMEOUT_SECONDS + 3_600;
/**
 * Running workers take a message within a second; and an API process that has nudged keeps
 * still for NUDGE_SECONDS, so the last look comes after that.
 */
const SETTLE_MS = NUDGE_SECONDS * 1000 + 500;
/** Well within a function's time; whoever asks later than that is seen by the next schedule. */
const MAX_ROUNDS = 8;
/** Tasks run at once: one batch lasts far shorter than the hold. */
const BATCH = 10;

/** How things are: tasks that run, and tasks that are missing for what waits. */
interface Look {
  readonly running: number;
  readonly wanted: number;
}

async function look(
  ctx: Context,
  tasks: WorkerTasks,
  { pool, max, concurrency = 1 }: Launch,
  hold: Hold,
): Promise<Look> {
  const [waiting, listed] = await Promise.all([ctx.messages.backlog(pool), tasks.list(pool)]);
  const seen = new Set(listed.map(({ id }) => id));
  const since = ctx.clock.now() - RECENT_MS;
  const unseen = hold.recent.filter(({ id, at }) => at > since && !seen.has(id)).length;
  const running = listed.filter(({ state }) => state === 'running').length;
  const starting = listed.length - running + unseen;
  const needed = Math.ceil(waiting / concurrency);
  return { running, wanted: Math.min(max - running, needed) - starting };
}

/** With its cause, which is what tells an operator why. */
function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message} ${error.cause.message}` : error.message;
}

/** Runs one task with a token of its own. */
async function runTask(ctx: Context, tasks: WorkerTasks, pool: string, id: string) {
  const token = await createWorkerToken(ctx, { pool, seconds: TOKEN_SECONDS, task: id });
  try {
    await tasks.run(pool, { id, token, lifeSeconds: LIFE_SECONDS });
    return true;
  } catch (error) {
    ctx.log.error('launch_failed', { pool, message: explain(error) });
    await dropWorkerToken(ctx, token);
    return false;
  }
}

/** One launcher at work: what it holds and what it has done. */
interface Work {
  readonly ctx: Context;
  readonly tasks: WorkerTasks;
  readonly launch: Launch;
  hold: Hold;
  started: number;
  failed: number;
}

/** Runs so many tasks; the first failure ends it, and so does the loss of the hold. */
async function runTasks(work: Work, wanted: number): Promise<void> {
  const { ctx, tasks, launch } = work;
  for (let left = wanted; left > 0 && work.failed === 0; left -= BATCH) {
    const ids = Array.from({ length: Math.min(left, BATCH) }, () => ctx.ids.hex32());
    const noted = await noteTasks(ctx, work.hold, ids);
    if (noted === undefined) return;
    work.hold = noted;
    const done = await Promise.all(ids.map((id) => runTask(ctx, tasks, launch.pool, id)));
    const started = done.filter(Boolean).length;
    work.started += started;
    work.failed += done.length - started;
  }
}

/**
 * Two looks. While tasks run, only the second counts: they may be idle, and take what waits. What
 * is sent between the two by those who keep still since their last nudge is seen by the second.
 */
async function round(work: Work): Promise<void> {
  const { ctx, tasks, launch } = work;
  const first = await look(ctx, tasks, launch, work.hold);
  if (first.running === 0) await runTasks(work, first.wanted);
  await sleep(launch.settleMs ?? SETTLE_MS);
  await runTasks(work, (await look(ctx, tasks, launch, work.hold)).wanted);
}

/**
 * Sees that a pool has workers for what waits: min(max, backlog) of them. Called for a nudge
 * and each minute, in any number at once: one launcher at a time works, the others leave it
 * a mark. A task that cannot be run is logged and counted; the next call after RECENT_MS tries anew.
 */
export async function launchWorkers(
  ctx: Context,
  tasks: WorkerTasks,
  launch: Launch,
): Promise<LaunchReport> {
  requireSystem(ctx);
  const idle = !launch.nudged && (await ctx.messages.backlog(launch.pool)) === 0;
  const hold = idle ? undefined : await takePool(ctx, launch.pool);
  if (hold === undefined) return { started: 0, failed: 0 };
  const work: Work = { ctx, tasks, launch, hold, started: 0, failed: 0 };
  try {
    for (let rounds = 1; ; rounds += 1) {
      await round(work);
      if (rounds === MAX_ROUNDS || work.failed > 0) break;
      if ((await releasePool(ctx, work.hold)) === 'released') return reportOf(work);
    }
  } catch (error) {
    await dropPool(ctx, work.hold);
    throw error;
  }
  await dropPool(ctx, work.hold);
  return reportOf(work);
}

const reportOf = ({ started, failed }: Work): LaunchReport => ({ started, failed });

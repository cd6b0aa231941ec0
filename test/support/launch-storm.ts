/** What must hold however many launchers look after a pool at once, whatever the stores are. */
import { expect } from 'vitest';
import { launchWorkers } from '#domain/pools/index.ts';
import type { Context } from '#kernel/context.ts';
import { memoryTasks } from './worker-tasks.ts';

export interface Storm {
  readonly max: number;
  readonly backlog: number;
  /** Whether the list shows what was run, or still lags behind at the end. */
  readonly listed: boolean;
}

export const STORMS: readonly Storm[] = [
  { max: 3, backlog: 7, listed: true },
  { max: 12, backlog: 4, listed: false },
  { max: 25, backlog: 23, listed: false },
  { max: 1, backlog: 1, listed: true },
];

/** Fifty launchers at once for one pool that nobody works in: they run exactly what is needed. */
export async function launchStorm(ctx: Context, pool: string, storm: Storm): Promise<void> {
  const tasks = memoryTasks();
  if (!storm.listed) tasks.shown = () => [];
  for (let sent = 0; sent < storm.backlog; sent += 1) await ctx.messages.send(pool, `${sent}`);

  const launches = Array.from({ length: 50 }, (_, at) =>
    launchWorkers(ctx, tasks, { pool, max: storm.max, nudged: at % 2 === 0, settleMs: 20 }),
  );
  const reports = await Promise.all(launches);

  const needed = Math.min(storm.max, storm.backlog);
  expect(tasks.runs).toHaveLength(needed);
  expect(new Set(tasks.runs.map(({ id }) => id)).size).toBe(needed);
  expect(new Set(tasks.runs.map(({ token }) => token)).size).toBe(needed);
  expect(reports.reduce((sum, { started }) => sum + started, 0)).toBe(needed);
}

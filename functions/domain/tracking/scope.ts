import { experimentKind } from '#domain/experiments/index.ts';
import { CREDENTIAL_CACHE_SECONDS } from '#domain/identity/index.ts';
import { getResource } from '#domain/resources/index.ts';
import { type Context, requirePermission, type Target } from '#kernel/context.ts';
import { invalid, notFound } from '#kernel/errors.ts';
import type { Item } from '#kernel/table.ts';
import { readRun, runKeys } from './run.items.ts';
import type { Run } from './schemas.ts';

/** What guards a run. It is kept for 5 seconds, like credentials, so that logging is one step. */
export interface RunScope {
  readonly runId: string;
  readonly experimentId: number;
  readonly groupId: number;
  readonly jobId?: number;
  /** Of its experiment's index. */
  readonly shard?: number;
  readonly active: boolean;
}

const cacheKey = (runId: string): string => `run:${runId}`;
const RUN_ID = /^[A-Za-z0-9][A-Za-z0-9_-]{0,255}$/;

export const runMissing = (runId: string) => notFound('run', { run_id: runId });

/** What permission is asked for when a run is read or written. */
export const targetOf = ({ runId, groupId, jobId }: Omit<RunScope, 'active'>): Target => ({
  groupId,
  entity: 'run',
  lookup: { run_id: runId },
  ...(jobId === undefined ? {} : { jobId }),
});

export const scopeOf = (run: Run): RunScope => ({
  runId: run.id,
  experimentId: run.experimentId,
  groupId: run.groupId,
  ...(run.jobId === undefined ? {} : { jobId: run.jobId }),
  ...(run.shard === undefined ? {} : { shard: run.shard }),
  active: run.deletedOn === undefined,
});

/** To be called with what a read or write of the row brought. */
export const rememberScope = (ctx: Context, row: Item): RunScope => rememberRun(ctx, readRun(row));

export function rememberRun(ctx: Context, run: Run): RunScope {
  const scope = scopeOf(run);
  ctx.cache.set(cacheKey(scope.runId), scope, CREDENTIAL_CACHE_SECONDS);
  return scope;
}

/** Who may see the run is for the caller to ask. Throws `not_found`. */
export async function runScope(ctx: Context, runId: string): Promise<RunScope> {
  const cached = ctx.cache.get<RunScope>(cacheKey(runId));
  if (cached !== undefined) return cached;
  const row = RUN_ID.test(runId) ? await ctx.table.get(runKeys.run(runId)) : undefined;
  if (row === undefined) throw runMissing(runId);
  return rememberScope(ctx, row);
}

export function requireActive(scope: RunScope): void {
  if (scope.active) return;
  throw invalid(
    'run_deleted',
    `The run ${scope.runId} must be in the 'active' state. Current state is deleted.`,
  );
}

/** What guards an experiment, as MLflow's clients see it: at most 5 seconds old. */
export interface ExperimentScope {
  readonly groupId: number;
  readonly deleted: boolean;
}

/** Throws `not_found` where the caller may not see it. */
export async function experimentScope(
  ctx: Context,
  experimentId: number,
): Promise<ExperimentScope> {
  const cached = ctx.cache.get<ExperimentScope>(`experiment:${experimentId}`);
  if (cached !== undefined) {
    const lookup = { resource_id: experimentId };
    requirePermission(ctx, 'read', { groupId: cached.groupId, entity: 'experiment', lookup });
    return cached;
  }
  const experiment = await getResource(ctx, experimentKind, experimentId);
  const scope = { groupId: experiment.groupId, deleted: experiment.deletedOn !== undefined };
  ctx.cache.set(`experiment:${experimentId}`, scope, CREDENTIAL_CACHE_SECONDS);
  return scope;
}

/** The group of an experiment that may take runs. */
export async function experimentGroup(ctx: Context, experimentId: number): Promise<number> {
  const { groupId, deleted } = await experimentScope(ctx, experimentId);
  if (!deleted) return groupId;
  throw invalid(
    'experiment_deleted',
    `The experiment ${experimentId} must be in the 'active' state. Current state is deleted.`,
  );
}

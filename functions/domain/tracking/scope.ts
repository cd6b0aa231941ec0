import { CREDENTIAL_CACHE_SECONDS } from '#domain/identity/index.ts';
import { type Context, requirePermission, type Target } from '#kernel/context.ts';
import { AppError, invalid, notFound } from '#kernel/errors.ts';
import { isRunId } from '#kernel/ids.ts';
import type { Item } from '#kernel/table.ts';
import {
  experimentDeleted,
  experimentLookup,
  experimentMissing,
} from './experiments/experiment-ids.ts';
import { type ExperimentState, experimentState } from './experiments/experiment-state.ts';
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
  /** Whether neither it nor its experiment is deleted. */
  readonly active: boolean;
  readonly locked?: true;
  /** Where its files are, when that is not here. */
  readonly artifactRoot?: string;
}

const cacheKey = (runId: string): string => `run:${runId}`;

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
  ...(run.artifactRoot === undefined ? {} : { artifactRoot: run.artifactRoot }),
  ...(run.lockedOn === undefined ? {} : { locked: true }),
  active: run.deletedOn === undefined,
});

/** To be called with what a read or write of the row brought. */
export const rememberScope = (ctx: Context, row: Item): RunScope => rememberRun(ctx, readRun(row));

export function rememberRun(ctx: Context, run: Run): RunScope {
  const scope = scopeOf(run);
  ctx.cache.set(cacheKey(scope.runId), scope, CREDENTIAL_CACHE_SECONDS);
  ctx.cache.set(placeKey(scope.runId), scope.experimentId);
  return scope;
}

const placeKey = (runId: string): string => `run-place:${runId}`;

async function ownScope(ctx: Context, runId: string): Promise<RunScope> {
  const cached = ctx.cache.get<RunScope>(cacheKey(runId));
  if (cached !== undefined) return cached;
  const row = isRunId(runId) ? await ctx.table.get(runKeys.run(runId)) : undefined;
  if (row === undefined) throw runMissing(runId);
  return rememberScope(ctx, row);
}

async function isInDeleted(
  ctx: Pick<Context, 'table' | 'cache'>,
  { experimentId }: Pick<Run, 'experimentId'>,
): Promise<boolean> {
  return (await experimentState(ctx, experimentId))?.deleted === true;
}

/**
 * Tells whether a run counts as deleted with its experiment. Where this process knows its experiment,
 * which never changes, that is read beside the run.
 */
export function deletionWithExperiment(ctx: Context, runId: string) {
  const place = ctx.cache.get<number>(placeKey(runId));
  const early = place === undefined ? undefined : isInDeleted(ctx, { experimentId: place });
  early?.catch(() => undefined);
  return (run: Pick<Run, 'experimentId'>): Promise<boolean> => early ?? isInDeleted(ctx, run);
}

/** Who may see the run is for the caller to ask. Throws `not_found`. */
export async function runScope(ctx: Context, runId: string): Promise<RunScope> {
  const isDeleted = deletionWithExperiment(ctx, runId);
  const scope = await ownScope(ctx, runId);
  return (await isDeleted(scope)) ? { ...scope, active: false } : scope;
}

/** Throws `locked` for a run that nobody may change any more. */
export function requireUnlocked({ runId, locked }: RunScope): void {
  if (locked !== true) return;
  throw new AppError('locked', `The run ${runId} is locked: nothing of it can be changed.`, {
    reason: 'run_locked',
  });
}

/** Throws `invalid` (`run_deleted`) and `locked` for a run that takes no writes. */
export function requireActive(scope: RunScope): void {
  if (!scope.active) {
    throw invalid(
      'run_deleted',
      `The run ${scope.runId} must be in the 'active' state. Current state is deleted.`,
    );
  }
  requireUnlocked(scope);
}

/** What guards an experiment, at most 5 seconds old. Throws `not_found` where the caller may not see it. */
export async function experimentScope(
  ctx: Context,
  experimentId: number,
): Promise<ExperimentState> {
  const state = await experimentState(ctx, experimentId);
  if (state === undefined) throw experimentMissing(experimentId);
  const lookup = experimentLookup(experimentId);
  requirePermission(ctx, 'read', { groupId: state.groupId, entity: 'experiment', lookup });
  return state;
}

/** The same of an experiment that may take runs. Throws `invalid` for a deleted one. */
export async function activeExperiment(
  ctx: Context,
  experimentId: number,
): Promise<ExperimentState> {
  const state = await experimentScope(ctx, experimentId);
  if (state.deleted) throw experimentDeleted();
  return state;
}

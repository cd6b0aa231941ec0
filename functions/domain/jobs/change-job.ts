import { afterWrite, changeWrites } from '#domain/resources/index.ts';
import type { Context } from '#kernel/context.ts';
import { takeNumbers } from '#kernel/counters.ts';
import type { Condition, Write } from '#kernel/table.ts';
import { type Job, type JobData, type JobRow, jobKind } from './job.ts';

export interface JobChange {
  readonly data: Partial<JobData>;
  readonly row: { readonly [K in keyof JobRow]?: JobRow[K] | undefined } & {
    readonly [name: string]: unknown;
  };
  readonly remove?: readonly string[];
  /** Beside the condition that nothing else changed the job since it was read. */
  readonly if?: Condition;
  readonly more?: readonly Write[];
}

/**
 * Moves a job to another state with a new snapshot, in one transaction. `undefined` when
 * another write came between or the condition is false; nothing is written then. It asks
 * for no permission: the verbs around it know who may do what.
 */
export async function changeJob(
  ctx: Context,
  job: Job,
  change: JobChange,
): Promise<Job | undefined> {
  const { snapshot } = await takeNumbers(ctx.table, { snapshot: 1 });
  const { reason: _reason, ...before } = job.data;
  const data: JobData = { ...before, ...change.data };
  const after: Job = {
    ...job,
    data,
    snapshot,
    snapshotBy: 'userId' in ctx.actor ? ctx.actor.userId : job.snapshotBy,
    snapshotOn: ctx.clock.now(),
    snapshots: job.snapshots + 1,
    revision: job.revision + 1,
  };
  const planned = await changeWrites(ctx, jobKind, job, after, {
    extra: { ...change.row, ...(change.data.status ? { state: change.data.status } : {}) } as never,
    ...(change.remove === undefined ? {} : { removeExtra: change.remove }),
    ...(change.if === undefined ? {} : { if: change.if }),
  });
  const outcome = await ctx.table.transact([...planned.writes, ...(change.more ?? [])]);
  if (!outcome.ok) return undefined;
  afterWrite(ctx, jobKind, after);
  return { ...after, ...(change.row as Partial<JobRow>), state: data.status };
}

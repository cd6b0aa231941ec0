import type { Context } from '#kernel/context.ts';
import { all, any, compare, itemExists, missing, update, type Write } from '#kernel/table.ts';
import { NOT_LOOKED_AT, newRunItems, runKeys, tagPut } from './run.items.ts';
import { checkedParam, checkedTag, type Entry, type RunStatus } from './schemas.ts';

/**
 * Writes for the transactions of jobs, which searches see by `seenEvenUnanswered`. They ask for no permission:
 * whoever makes the transaction has done so.
 */
export interface NewJobRun {
  readonly runId: string;
  readonly experimentId: number;
  readonly groupId: number;
  readonly jobId: number;
  readonly attempt: number;
  readonly user: string;
  readonly name: string;
  readonly startTime: number;
  readonly params: readonly Entry[];
  readonly tags: readonly Entry[];
}

/** The run of one attempt of a job: one write, and one more for each 32 KB of params. */
export function newRunWrites(input: NewJobRun): readonly Write[] {
  const { runId, params, tags, ...run } = input;
  return [
    ...newRunItems(
      { id: runId, status: 'RUNNING', ...run },
      tags.map((tag, index) => checkedTag(tag, `tags[${index}].`)),
      params.map((param, index) => checkedParam(param, `params[${index}].`)),
    ),
  ];
}

/** Ends a run; repeated, or where its own client ended it before, the last word stays. */
export const endRunWrites = (
  runId: string,
  end: {
    readonly status: Extract<RunStatus, 'FINISHED' | 'FAILED' | 'KILLED'>;
    readonly endTime: number;
    readonly tags?: readonly Entry[];
  },
): readonly Write[] => [
  update(
    runKeys.run(runId),
    { set: { status: end.status, endTime: end.endTime }, remove: NOT_LOOKED_AT },
    itemExists,
  ),
  ...(end.tags ?? []).map((tag) => tagPut(runId, checkedTag(tag, 'tags.'))),
];

/** Whether there is a run of this id here, of whatever group: not for the eyes of callers. */
export const hasRun = async (ctx: Pick<Context, 'table'>, runId: string): Promise<boolean> =>
  (await ctx.table.get(runKeys.run(runId))) !== undefined;

/** Makes an existing run of the group that of a job; refused when it is another job's. */
export const linkJobWrites = (
  runId: string,
  job: { readonly jobId: number; readonly groupId: number; readonly attempt?: number },
): readonly Write[] => [
  update(
    runKeys.run(runId),
    { set: { jobId: job.jobId, attempt: job.attempt } },
    all(
      compare('groupId', '=', job.groupId),
      missing('deletedOn'),
      any(missing('jobId'), compare('jobId', '=', job.jobId)),
    ),
  ),
];

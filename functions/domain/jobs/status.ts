import { requireMatch, resourceKeys, resourceTag } from '#domain/resources/index.ts';
import { endRunWrites, hasRun, linkJobWrites } from '#domain/tracking/index.ts';
import { type Context, requirePermission } from '#kernel/context.ts';
import { AppError, conflict, invalid } from '#kernel/errors.ts';
import { missing, update, type Write } from '#kernel/table.ts';
import { changeJob } from './change-job.ts';
import { tellDependants } from './dependencies/settle.ts';
import { getJob, type Job, type JobState, jobKind, jobTarget, ownRunOf } from './job.ts';

/** What callers may ask for; `reset` stores queued and holds the job. */
export type StatusWord = JobState | 'reset';

const ALLOWED: { readonly [state in JobState]: readonly StatusWord[] } = {
  queued: ['started', 'deferred', 'reset'],
  deferred: ['started', 'reset'],
  started: ['finished', 'failed', 'reset'],
  finished: ['reset'],
  failed: ['reset'],
};

const ended = (word: StatusWord): boolean => word === 'finished' || word === 'failed';

/** The run that our own worker keeps ends with its hold of the job; others end theirs themselves. */
function endOfRun(ctx: Context, job: Job, word: StatusWord): readonly Write[] {
  if (job.lease === undefined || job.runId === undefined) return [];
  const status = word === 'finished' ? 'FINISHED' : word === 'failed' ? 'FAILED' : 'KILLED';
  const tags = [{ key: 'assay.reason', value: 'reported' }];
  return endRunWrites(job.runId, { status, endTime: ctx.clock.now(), tags });
}

/**
 * A status reported from outside the worker protocol (a stock Dioptra worker, a person).
 * Takes the job away from any lease. Throws `invalid` (`job_transition`).
 */
export async function reportStatus(
  ctx: Context,
  input: { readonly experimentId: number; readonly jobId: number; readonly status: StatusWord },
): Promise<Job> {
  const job = await getJob(ctx, input.jobId, input.experimentId);
  requirePermission(ctx, 'write', jobTarget(job));
  requireMatch(ctx, resourceTag(jobKind, job));
  const word = input.status;
  if (!ALLOWED[job.state].includes(word)) {
    throw invalid('job_transition', `status: a ${job.state} job cannot become ${word}.`);
  }
  if (job.cancelOn !== undefined && word === 'finished') {
    throw invalid('job_transition', 'status: the job is being cancelled, so it cannot finish.');
  }
  const now = ctx.clock.now();
  const wasToStop = word === 'failed' && job.cancelOn !== undefined;
  const changed = await changeJob(ctx, job, {
    status: word === 'reset' ? 'queued' : word,
    ...(wasToStop ? { reason: 'cancelled' } : {}),
    row: {
      ...(word === 'reset' ? { held: true, pastRunId: ownRunOf(job) ?? job.pastRunId } : {}),
      ...(word === 'started' ? { startedOn: now, attempt: job.attempt + 1 } : {}),
      ...(ended(word) ? { endedOn: now } : {}),
    },
    remove: ['lease', 'leaseUntil', 'tokenHash', 'cancelOn', word === 'reset' ? 'runId' : 'held'],
    runId: job.runId,
    more: endOfRun(ctx, job, word),
  });
  if (changed === undefined)
    throw conflict('write_conflict', 'The job changed meanwhile; try again.');
  tellDependants(ctx, changed);
  return changed;
}

/**
 * Links the tracking run of a job, once: one of the group's that records no other job, or one of
 * another server. Throws `invalid` (`job_run_already_set`), `not_found` (`run_not_found`).
 */
export async function setJobRun(
  ctx: Context,
  input: { readonly jobId: number; readonly experimentId?: number; readonly runId: string },
): Promise<void> {
  const job = await getJob(ctx, input.jobId, input.experimentId);
  requirePermission(ctx, 'write', jobTarget(job));
  const { runId } = input;
  const at = resourceKeys.current(job.id);
  const outcome = await ctx.table.transact(
    (await hasRun(ctx, runId))
      ? [
          update(at, { set: { runId } }, missing('runId')),
          ...linkJobWrites(runId, { jobId: job.id, groupId: job.groupId }),
        ]
      : [update(at, { set: { runId, foreignRunId: runId } }, missing('runId'))],
  );
  if (outcome.ok) return;
  if (outcome.refusals[0] !== undefined) {
    throw invalid('job_run_already_set', 'The job has a tracking run already.');
  }
  throw new AppError('not_found', 'The group has no such run that is free for the job.', {
    reason: 'run_not_found',
  });
}

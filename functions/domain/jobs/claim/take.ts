import { hashToken, usernamesOf } from '#domain/identity/index.ts';
import { isRunKey, newRunWrites } from '#domain/tracking/index.ts';
import { type Context, requireWorker } from '#kernel/context.ts';
import { compare } from '#kernel/table.ts';
import { changeJob } from '../change-job.ts';
import { type Job, leaseTimes } from '../job.ts';
import type { ClaimRequest, JobClaim } from '../protocol.ts';
import { newJobToken } from '../workers/tokens.ts';
import { countRunning } from './choose.ts';
import { callWrites } from './claim-call.ts';
import { claimOf, type Hold } from './claim-of.ts';
import { findSlot } from './slots.ts';

/** So that the claim stays one transaction, of 4 MB and 100 writes at most. */
const MAX_RECORDED_BYTES = 512 * 1024;

/** Of the values those that a run can hold: they are a record for people, and no reason to fail. */
function recordable(values: Job['data']['values']) {
  let room = MAX_RECORDED_BYTES;
  return Object.entries(values).flatMap(([key, value]) => {
    const size = Buffer.byteLength(key) + Buffer.byteLength(value);
    if (!isRunKey(key) || size > room) return [];
    room -= size;
    return [{ key, value }];
  });
}

interface Attempt {
  readonly runId: string;
  readonly attempt: number;
  readonly worker: string;
  readonly username: string;
}

function runWrites(ctx: Context, job: Job, { runId, attempt, worker, username }: Attempt) {
  const link = `/api/v1/jobs/${job.id}`;
  return newRunWrites({
    runId,
    experimentId: job.data.experiment.id,
    groupId: job.groupId,
    jobId: job.id,
    attempt,
    user: username,
    name: `${job.data.entrypoint.name} ${job.id}${attempt > 1 ? ` attempt ${attempt}` : ''}`,
    startTime: ctx.clock.now(),
    params: recordable(job.data.values),
    tags: [
      { key: 'dioptra.jobId', value: String(job.id) },
      { key: 'assay.job', value: link },
      { key: 'assay.attempt', value: String(attempt) },
      { key: 'assay.worker', value: worker },
    ],
  });
}

/**
 * Takes the job for a worker: lease, token, run, place and state in one transaction. `lost` when another
 * write came between, `full` when its group has no place for it.
 */
export async function take(
  ctx: Context,
  job: Job,
  request: ClaimRequest,
): Promise<JobClaim | 'lost' | 'full'> {
  requireWorker(ctx, job.pool);
  const attempt = job.attempt + 1;
  const hold: Hold = {
    attempt,
    runId: ctx.ids.hex32(),
    lease: ctx.ids.secret(16),
    jobToken: newJobToken(ctx, job.id, attempt),
  };
  const slot = await findSlot(ctx, job, attempt);
  if (slot === 'full') return 'full';
  const [claim, names] = await Promise.all([
    claimOf(ctx, job, hold),
    usernamesOf(ctx, [job.submittedBy]),
  ]);
  const { runId, lease } = hold;
  const { worker } = request;
  const username = names.get(job.submittedBy) ?? '';
  const now = ctx.clock.now();
  const leaseUntil = now + leaseTimes(ctx).seconds * 1000;
  const taken = await changeJob(ctx, job, {
    status: 'started',
    row: {
      attempt,
      lease,
      leaseUntil,
      runId,
      worker,
      claimedBy: request.call,
      tokenHash: hashToken(hold.jobToken),
      startedOn: now,
      slot: slot?.slot,
    },
    remove: ['progress'],
    look: leaseUntil,
    if: compare('state', '=', 'queued'),
    runId,
    more: [
      ...runWrites(ctx, job, { runId, attempt, worker, username }),
      ...callWrites(ctx, request, { jobId: job.id, attempt }),
      ...(slot === undefined ? [] : [slot.write]),
    ],
  });
  if (taken === undefined) return 'lost';
  countRunning(ctx, job);
  return claim;
}

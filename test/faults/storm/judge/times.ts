import type { History, SeenJob } from '../collect.ts';
import { STALE_MS } from '../faulty-ports.ts';
import { type OfJob, requeuesOf } from './attempts.ts';
import type { Wrongs } from './wrongs.ts';

/** What a busy machine may add. */
const SLACK_MS = 6_000;

const maxSkew = ({ plan }: History): number => Math.max(...plan.skewsMs.map(Math.abs));

/** When the API last heard of an attempt, by the right clock. */
const lastSign = (entries: OfJob, attempt: number): number =>
  Math.max(...entries.flatMap((e) => (e.attempt === attempt && e.e !== 'refused' ? [e.t] : [])));

/** How long after the last sign of life of its worker each lost attempt was queued again; gives the longest. */
export function judgeTakeovers(
  history: History,
  entriesOf: (job: SeenJob) => OfJob,
  wrongs: Wrongs,
): number {
  const { lease, sweepMs } = history.plan;
  const skew = maxSkew(history);
  // A sweep begins after the one before it has ended, and looks at an index that may lag behind.
  const sweep = sweepMs + 2 * history.slowestSweepMs + STALE_MS;
  const bound = lease.seconds * 1000 + sweep + 2 * skew + SLACK_MS;
  let slowest = 0;
  for (const job of history.jobs.values()) {
    const entries = entriesOf(job);
    for (const { attempt, why, on } of requeuesOf(job)) {
      const sign = lastSign(entries, attempt);
      if (why !== 'worker_lost' || !Number.isFinite(sign)) continue;
      slowest = Math.max(slowest, on - sign);
      if (on - sign > bound) {
        wrongs.add('slow takeover', `job ${job.id}, attempt ${attempt}: ${on - sign} ms`);
      }
    }
  }
  return slowest;
}

/** From when to when an attempt certainly ran. */
function certainly(
  history: History,
  entries: OfJob,
  attempt: number,
): readonly [number, number] | undefined {
  const own = entries.filter((entry) => entry.attempt === attempt);
  const claim = own.find((entry) => entry.e === 'claim');
  if (claim?.e !== 'claim') return undefined;
  const renewed = Math.max(claim.asked, ...own.flatMap((e) => (e.e === 'beat' ? [e.t] : [])));
  const leased = renewed + history.plan.lease.seconds * 1000 - 2 * maxSkew(history);
  const ending = Math.min(...own.flatMap((e) => (e.e === 'ending' ? [e.t] : [])));
  const until = Math.min(leased, ending);
  return until > claim.t ? [claim.t, until] : undefined;
}

/** Most jobs of the limited group that certainly ran at one time. */
export function judgeLimit(
  history: History,
  entriesOf: (job: SeenJob) => OfJob,
  wrongs: Wrongs,
): number {
  const { group } = history.scenes[1];
  const steps: (readonly [number, number])[] = [];
  for (const job of history.jobs.values()) {
    const entries = entriesOf(job);
    if (!entries.some((entry) => entry.e === 'claim' && entry.group === group)) continue;
    for (const { attempt } of job.runs) {
      const [from, until] = certainly(history, entries, attempt) ?? [];
      if (from !== undefined && until !== undefined) steps.push([from, 1], [until, -1]);
    }
  }
  let [now, most] = [0, 0];
  for (const [at, step] of steps.toSorted((a, b) => a[0] - b[0] || a[1] - b[1])) {
    now += step;
    most = Math.max(most, now);
    if (now > history.plan.limit && step > 0) wrongs.add('above the limit', `${now} at ${at}`);
  }
  return most;
}

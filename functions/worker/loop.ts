import { type JobClaim, RunJob } from '#domain/jobs/protocol.ts';
import type { Message, Messages } from '#kernel/messages.ts';
import type { JobDeps, Stopping } from './attempt.ts';
import { HttpFailure } from './http.ts';
import { explain } from './log.ts';
import { NothingToAskFor, type Poller, poller } from './poll.ts';
import { runJob } from './run-job.ts';
import { isOn, rest, restWhileIdle, type Shift } from './shift.ts';
import { onAbort } from './together.ts';

/** What wakes the consumer up; without it, it asks the API for jobs of the pool by long polls. */
export type Wake = Pick<Messages, 'receive' | 'remove' | 'release'>;

export interface ConsumeOptions extends Omit<JobDeps, 'launcher'> {
  readonly pool: string;
  /** Tells this consumer from all others. */
  readonly worker: string;
  readonly wake?: Wake | undefined;
  /** Jobs at a time. */
  readonly concurrency: number;
  /** Asked once a job: with users of their own, no two jobs have the same. */
  readonly launcherOf: () => JobDeps['launcher'];
  /** Stop: take nothing new, give back what runs. */
  readonly signal: AbortSignal;
  /** Between the stop and the end of everything. */
  readonly drainMs: number;
  /** Ends by itself after so long without any work. */
  readonly idleMs?: number | undefined;
  /** Takes nothing new after so long, and ends with what it runs then. */
  readonly lifeMs?: number | undefined;
  /** How long one wait for work takes; at most 20. */
  readonly waitSeconds?: number;
}

/** `never` leaves the message to become a dead letter. */
export type Verdict = 'done' | 'later' | 'never';

interface Consumer extends Shift {
  readonly options: ConsumeOptions;
  readonly stopping: Stopping;
  /** Asked for jobs where nothing wakes the consumer up. */
  readonly poller: Poller;
}

/** While a message is being claimed nobody else should see it. */
const VISIBILITY_SECONDS = 60;
const LONGEST_PAUSE_MS = 30_000;
const SHORTEST_WAIT_MS = 1_000;

/** The API does not accept this worker at all; waiting will not help. */
export class WorkerRefused extends Error {
  override readonly name = 'WorkerRefused';
}

/** Takes and runs jobs until it is told to stop or idle; nothing is in flight when it returns. */
export async function consume(options: ConsumeOptions): Promise<void> {
  const ended = new AbortController();
  const abandon = new AbortController();
  const graceMs = options.drainMs * 0.6;
  const stopping = { stop: ended.signal, abandon: abandon.signal, graceMs };
  const now = performance.now();
  const consumer: Consumer = {
    options,
    stopping,
    poller: poller({
      client: options.client,
      waitSeconds: waitSeconds(options),
      ended: ended.signal,
      abandon: abandon.signal,
    }),
    slots: options.concurrency,
    ended,
    log: options.log,
    idleMs: options.idleMs,
    until: now + (options.lifeMs ?? Number.POSITIVE_INFINITY),
    busy: 0,
    lastWork: now,
    resting: 0,
  };
  let drain: NodeJS.Timeout | undefined;
  const forgetStop = onAbort(options.signal, () => ended.abort());
  const forgetEnd = onAbort(ended.signal, () => {
    drain = setTimeout(() => abandon.abort(), options.drainMs);
  });
  const slots = Array.from({ length: options.concurrency }, (_, slot) => serve(consumer, slot));
  const results = await Promise.allSettled(slots);
  clearTimeout(drain);
  forgetStop();
  forgetEnd();
  const failure = results.find((result) => result.status === 'rejected');
  if (failure !== undefined) throw failure.reason;
}

/** One slot: one job at a time. */
async function serve(consumer: Consumer, slot: number): Promise<void> {
  const { options, ended } = consumer;
  try {
    for (let failures = 0; isOn(consumer); ) {
      try {
        const from = performance.now();
        const worked = await (options.wake === undefined
          ? pollOnce(consumer, slot)
          : receiveOnce(consumer, slot, options.wake));
        failures = 0;
        if (worked) continue;
        await restWhileIdle(consumer);
        // Who answers "nothing" without waiting must not be asked in a tight loop.
        await rest(from + SHORTEST_WAIT_MS - performance.now(), ended.signal);
      } catch (error) {
        if (isRefusal(error)) throw new WorkerRefused('no job will come', { cause: error });
        failures += 1;
        options.log('waiting_failed', { slot, error: explain(error) });
        await pause(failures, ended.signal);
        await restWhileIdle(consumer);
      }
    }
  } catch (error) {
    // The other slots give their jobs back.
    ended.abort();
    throw error;
  }
}

const isRefusal = (error: unknown): boolean =>
  error instanceof NothingToAskFor ||
  (error instanceof HttpFailure && (error.status === 401 || error.status === 403));

async function pause(failures: number, signal: AbortSignal): Promise<void> {
  const longest = Math.min(LONGEST_PAUSE_MS, 500 * 2 ** Math.min(failures, 10));
  await rest(longest * (0.5 + Math.random() / 2), signal);
}

function waitSeconds({ idleMs, waitSeconds: most = 20 }: ConsumeOptions): number {
  return idleMs === undefined ? most : Math.min(most, Math.ceil(idleMs / 1000));
}

/** Distinct for each job that may run at a time. */
const workerOf = ({ options }: Consumer, slot: number): string => `${options.worker}/${slot}`;

async function pollOnce(consumer: Consumer, slot: number): Promise<boolean> {
  const claimed = await consumer.poller.next(workerOf(consumer, slot));
  if (claimed === null) return false;
  await run(consumer, slot, claimed.claim, claimed.askedAt);
  return true;
}

async function receiveOnce(consumer: Consumer, slot: number, wake: Wake): Promise<boolean> {
  const { options, ended } = consumer;
  const [message] = await wake.receive(options.pool, {
    max: 1,
    waitSeconds: waitSeconds(options),
    visibilitySeconds: VISIBILITY_SECONDS,
    signal: ended.signal,
  });
  if (message === undefined) return false;
  options.reach('after-receive');
  consumer.lastWork = performance.now();
  await handle(consumer, slot, wake, message);
  return true;
}

/** Claims the message's job, or whose turn it is; then the message has done its work, and the row owns the job. */
async function handle(
  consumer: Consumer,
  slot: number,
  wake: Wake,
  message: Message,
): Promise<void> {
  const { options, ended } = consumer;
  if (ended.signal.aborted) {
    await wake.release(options.pool, message.receipt, 0);
    return;
  }
  const askedAt = performance.now();
  const { verdict, claim, error } = await judge(consumer, slot, message);
  options.log('message', { slot, verdict, error, jobId: claim?.jobId });
  if (claim !== null) options.reach('after-claim');
  // A message that is still there afterwards is answered with "nothing to do".
  await settle(consumer, wake, message, verdict).catch((failure: unknown) =>
    options.log('message_not_settled', { slot, error: explain(failure) }),
  );
  if (claim !== null) await run(consumer, slot, claim, askedAt);
}

interface Judgement {
  readonly verdict: Verdict;
  readonly claim: JobClaim | null;
  readonly error?: string;
}

async function judge(consumer: Consumer, slot: number, { body }: Message): Promise<Judgement> {
  const job = parse(body);
  if (job === undefined) return { verdict: 'never', claim: null, error: 'not a message of ours' };
  try {
    const { jobId, attempt } = job;
    const worker = workerOf(consumer, slot);
    const wish = { worker, jobId, attempt, orAnother: true, waitSeconds: 0 };
    const { claim } = await consumer.options.client.claim(wish, consumer.stopping.abandon);
    return { verdict: 'done', claim };
  } catch (error) {
    if (isRefusal(error)) throw error;
    const { status = 0 } = error instanceof HttpFailure ? error : {};
    const hopeless = status >= 400 && status < 500 && status !== 408 && status !== 429;
    return { verdict: hopeless ? 'never' : 'later', claim: null, error: explain(error) };
  }
}

function parse(body: string): RunJob | undefined {
  try {
    return RunJob.safeParse(JSON.parse(body)).data;
  } catch {
    return undefined;
  }
}

async function settle(
  { options }: Consumer,
  wake: Wake,
  { receipt, deliveries }: Message,
  verdict: Verdict,
): Promise<void> {
  if (verdict === 'later') await wake.release(options.pool, receipt, 5 * 2 ** deliveries);
  if (verdict !== 'done') return;
  options.reach('before-delete');
  await wake.remove(options.pool, receipt);
  options.reach('after-delete');
}

async function run(
  consumer: Consumer,
  slot: number,
  claim: JobClaim,
  askedAt: number,
): Promise<void> {
  const { options, stopping } = consumer;
  const facts = { slot, jobId: claim.jobId, attempt: claim.attempt };
  consumer.busy += 1;
  options.log('job_started', facts);
  try {
    const deps = { ...options, launcher: options.launcherOf() };
    const end = await runJob(deps, claim, askedAt, stopping);
    options.log('job_ended', { ...facts, end });
  } catch (error) {
    // Its lease ends by itself, and the sweeper takes over.
    options.log('job_dropped', { ...facts, error: explain(error) });
  } finally {
    consumer.busy -= 1;
    consumer.lastWork = performance.now();
  }
}

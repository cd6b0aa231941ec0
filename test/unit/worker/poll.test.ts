import { describe, expect, it } from 'vitest';
import type { JobClaim } from '#domain/jobs/protocol.ts';
import type { ClaimWish } from '#worker/client.ts';
import { NothingToAskFor, pauseMs, poller } from '#worker/poll.ts';

const NOTHING = { claim: null } as const;
const JOB = { claim: { jobId: 7 } as JobClaim };
type Answer =
  | typeof NOTHING
  | { claim: JobClaim }
  | { claim: null; pauseSeconds: number }
  | { claim: null; byMessages: true };

/** Answers calls by `answer`; keeps what was asked. */
function open(answer: (wish: ClaimWish, signal?: AbortSignal) => Promise<Answer>) {
  const asked: ClaimWish[] = [];
  const ended = new AbortController();
  const abandon = new AbortController();
  const client = {
    claim: (wish: ClaimWish, signal?: AbortSignal) => {
      asked.push(wish);
      return answer(wish, signal);
    },
  };
  const options = { client, waitSeconds: 20, ended: ended.signal, abandon: abandon.signal };
  return { asked, ended, abandon, jobs: poller(options) };
}

const untilAborted = (signal?: AbortSignal) =>
  new Promise<never>((_, reject) => {
    signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
  });

describe('asking for jobs', () => {
  it('is done by one caller at a time', async () => {
    let asking = 0;
    let most = 0;
    const { jobs, asked } = open(async () => {
      asking += 1;
      most = Math.max(most, asking);
      await new Promise((resolve) => setTimeout(resolve, 5));
      asking -= 1;
      return JOB;
    });

    const found = await Promise.all(['w/0', 'w/1', 'w/2', 'w/3'].map((name) => jobs.next(name)));

    expect(found.map((claimed) => claimed?.claim.jobId)).toEqual([7, 7, 7, 7]);
    expect(most).toBe(1);
    expect(asked.map(({ worker }) => worker)).toEqual(['w/0', 'w/1', 'w/2', 'w/3']);
    expect(new Set(asked.map(({ call }) => call)).size).toBe(4);
  });

  it('ends where jobs come by messages', async () => {
    const { jobs } = open(async () => ({ claim: null, byMessages: true }));

    await expect(jobs.next('w/0')).rejects.toThrow(NothingToAskFor);
  });

  it('pauses when the API says so, and no longer than until the end', async () => {
    const { jobs, ended } = open(async () => ({ claim: null, pauseSeconds: 0.1 }));
    const from = performance.now();
    await jobs.next('w/0');
    expect(performance.now() - from).toBeGreaterThan(70);

    const long = open(async () => ({ claim: null, pauseSeconds: 300 }));
    setTimeout(() => long.ended.abort(), 20);
    const late = performance.now();
    expect(await long.jobs.next('w/0')).toBe(null);
    expect(performance.now() - late).toBeLessThan(5_000);

    ended.abort();
    expect(await jobs.next('w/0')).toBe(null);
  });

  it('pauses longer each time, up to what the API asks for', () => {
    for (const [quiet, seconds] of [1, 2, 4, 8, 15, 15].entries()) {
      const pause = pauseMs(15, quiet);
      expect(pause).toBeLessThanOrEqual(seconds * 1000);
      expect(pause).toBeGreaterThanOrEqual(seconds * 750);
    }
    expect(pauseMs(15, 1_000_000)).toBeLessThanOrEqual(15_000);
  });

  it('goes on after a call that failed', async () => {
    let failures = 1;
    const { jobs } = open(async () => {
      failures -= 1;
      if (failures >= 0) throw new Error('away');
      return JOB;
    });

    const [first, second] = await Promise.allSettled([jobs.next('w/0'), jobs.next('w/1')]);

    expect(first.status).toBe('rejected');
    expect(second).toMatchObject({ value: { claim: { jobId: 7 } } });
  });

  it('asks once more, without waiting, for what a call got that the end cut off', async () => {
    const { jobs, asked, ended } = open(async ({ waitSeconds }, signal) =>
      waitSeconds > 0 ? untilAborted(signal) : JOB,
    );
    setTimeout(() => ended.abort(), 10);

    const claimed = await jobs.next('w/0');

    expect(claimed?.claim.jobId).toBe(7);
    expect(asked).toHaveLength(2);
    expect(asked[1]).toEqual({ ...asked[0], waitSeconds: 0 });
  });

  it('asks nothing when nobody waits any longer', async () => {
    const { jobs, asked, ended, abandon } = open(async (_, signal) => untilAborted(signal));
    setTimeout(() => {
      abandon.abort();
      ended.abort();
    }, 10);

    await expect(jobs.next('w/0')).rejects.toThrow();

    expect(asked).toHaveLength(1);
  });
});

import type { StormPlan } from './plan.ts';

type Size = Pick<StormPlan, 'jobs' | 'workers' | 'concurrency' | 'crowd' | 'limit'>;

const CALLS = { reset: 0.01, lost: 0.01, cut: 0.005, slow: 0.02 };

/**
 * As in production, a fifth of the time: leases last 30 s there, clocks of the API are up to 5 s off,
 * and so three heartbeats may get lost between the two that are furthest apart.
 */
const SHORT: Pick<StormPlan, 'lease' | 'sweepMs' | 'skewsMs' | 'signalMs' | 'apiKillMs'> = {
  lease: { seconds: 6, heartbeatSeconds: 1.5 },
  sweepMs: 500,
  skewsMs: [-1_000, 1_000],
  signalMs: 3_000,
  apiKillMs: 10_000,
};

/** The clocks as far apart as they may be. */
const LONG: typeof SHORT = {
  lease: { seconds: 18, heartbeatSeconds: 3 },
  sweepMs: 1_000,
  skewsMs: [-5_000, 5_000],
  signalMs: 4_000,
  apiKillMs: 20_000,
};

const sized = (full: boolean, short: Size, long: Size): Size => (full ? long : short);
const pointsOf = (full: boolean): StormPlan['points'] =>
  full ? { kill: 0.02, freeze: 0.02, stop: 0.01 } : { kill: 0.06, freeze: 0.06, stop: 0.04 };

/** Thousands of jobs, on the store of one machine. */
export const embeddedPlan = (seed: number, full: boolean): StormPlan => ({
  ...{ name: 'SQLite and a folder', seed, calls: CALLS, points: pointsOf(full) },
  ...(full ? LONG : SHORT),
  ...sized(
    full,
    { jobs: 100, workers: 3, concurrency: 6, crowd: 60, limit: 3 },
    { jobs: 4_900, workers: 5, concurrency: 8, crowd: 120, limit: 6 },
  ),
  stores: { lost: 0.004, throttled: 0.01, slow: 0.02, stale: 0.3 },
});

/** Fewer, through the adapters of AWS: the emulator takes most of the time. */
export const awsPlan = (seed: number, full: boolean): StormPlan => ({
  ...{ name: "AWS's adapters on the emulator", seed, calls: CALLS, points: pointsOf(full) },
  ...SHORT,
  ...sized(
    full,
    { jobs: 30, workers: 3, concurrency: 4, crowd: 30, limit: 3 },
    { jobs: 600, workers: 4, concurrency: 6, crowd: 60, limit: 4 },
  ),
  stores: { lost: 0.01, throttled: 0.04, slow: 0.02, stale: 0.3 },
});

import { expect, it } from 'vitest';
import { judge } from './judge/judge.ts';
import { embeddedStore, runStorm } from './storm.ts';

it('storm', { timeout: 1_500_000 }, async () => {
  const store = await embeddedStore();
  try {
    const end = await runStorm(
      {
        name: 'try',
        seed: Number(process.env.FAULT_SEED ?? 1),
        jobs: Number(process.env.JOBS ?? 60),
        workers: 5,
        concurrency: 8,
        lease: { seconds: 6, heartbeatSeconds: 1.2 },
        sweepMs: 500,
        skewsMs: [0, -1000, 1000].slice(0, 2),
        crowd: 120,
        limit: 6,
        stores: { lost: 0.004, throttled: 0.01, slow: 0.02, stale: 0.3 },
        calls: { reset: 0.01, lost: 0.01, cut: 0.005, slow: 0.02 },
        points: { kill: 0.02, freeze: 0.02, stop: 0.01 },
        signalMs: 4000,
        apiKillMs: 15000,
      },
      store,
    );
    const v = judge(end.history);
    console.log(
      JSON.stringify(
        {
          ...v,
          wrongs: [...v.wrongs.counts],
          texts: v.wrongs.texts,
          stormMs: end.stormMs,
          calmMs: end.calmMs,
          stuck: end.stuck,
          faults: end.faults,
          jobs: end.history.jobs.size,
          ends: Object.fromEntries(
            [...Map.groupBy(end.history.jobs.values(), (j) => j.reason ?? j.status)].map(
              ([k, l]) => [k, l.length],
            ),
          ),
        },
        null,
        1,
      ),
    );
    for (const id of end.stuck) console.log(JSON.stringify(end.history.jobs.get(id), null, 0));
    expect(v.wrongs.texts).toEqual([]);
  } finally {
    await store.close();
  }
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  beat,
  createRun,
  getRun,
  logMetrics,
  sweepRuns,
  sweepSilentRuns,
  updateRun,
} from '#domain/tracking/index.ts';
import { asSystem } from '#kernel/context.ts';
import { openWorkshop, type Workshop } from './support.ts';

let shop: Workshop;
beforeAll(async () => {
  shop = await openWorkshop();
});
afterAll(() => shop.close());

const newRun = async (): Promise<string> => {
  const input = { experimentId: shop.experimentId, user: 'alice', startTime: 1, tags: [] };
  return (await createRun(shop.alice, input)).run.id;
};

const log = (runId: string, step: number) => {
  const points = [{ key: 'loss', value: 1, step: BigInt(step), timestamp: 1n }];
  return logMetrics(shop.alice, { runId, points });
};

/** Time passes, with a sweep every 20 seconds; returns how many runs ended. */
async function pass(seconds: number): Promise<number> {
  let ended = 0;
  for (let left = seconds; left > 0; left -= 20) {
    shop.clock.advance(Math.min(20, left) * 1000);
    const system = asSystem(shop.alice);
    await sweepRuns(system);
    ended += await sweepSilentRuns(system);
  }
  return ended;
}

const statusOf = async (runId: string) => (await getRun(shop.alice, runId)).run.status;

describe('a run with a heartbeat', () => {
  it('is killed, with the reason, when nobody writes it for as long as it said', async () => {
    const [silent, other] = [await newRun(), await newRun()];
    await beat(shop.alice, { runId: silent, seconds: 60 });

    // What was in its first seconds may have been written a little later than is known.
    expect(await pass(60)).toBe(0);
    expect(await pass(40)).toBe(1);

    const { run, tags } = await getRun(shop.alice, silent);
    expect(run.status).toBe('KILLED');
    expect(run.endTime).toBeGreaterThan(shop.clock.now() - 40_000);
    expect(tags).toContainEqual({ key: 'assay.reason', value: 'heartbeat_lost' });
    expect(await statusOf(other)).toBe('RUNNING');
    await expect(beat(shop.alice, { runId: silent, seconds: 60 })).rejects.toMatchObject({
      reason: 'run_ended',
    });
  });

  it.each([60, 600])(
    'lives while it is written, whatever is written (%i seconds)',
    async (seconds) => {
      const runId = await newRun();
      await beat(shop.alice, { runId, seconds });
      for (let step = 0; step < 6; step += 1) {
        expect(await pass(seconds * 0.9)).toBe(0);
        await log(runId, step);
      }

      expect(await pass(seconds)).toBe(0);
      expect(await statusOf(runId)).toBe('RUNNING');
      expect(await pass(60)).toBe(1);
    },
  );

  it('may end by itself', async () => {
    const runId = await newRun();
    await beat(shop.alice, { runId, seconds: 60 });
    await updateRun(shop.alice, { runId, status: 'FINISHED', endTime: 5 });

    expect(await pass(200)).toBe(0);
    expect((await getRun(shop.alice, runId)).run).toMatchObject({ status: 'FINISHED', endTime: 5 });
  });

  it.each([29, 1.5, 604_801, Number.NaN])('is not for %d seconds', async (seconds) => {
    const runId = await newRun();

    await expect(beat(shop.alice, { runId, seconds })).rejects.toMatchObject({
      reason: 'heartbeat_seconds',
    });
  });

  it('is for whoever may write it', async () => {
    const runId = await newRun();

    await expect(beat(shop.bob, { runId, seconds: 60 })).rejects.toMatchObject({
      code: 'forbidden',
    });
    await expect(beat(shop.carol, { runId, seconds: 60 })).rejects.toMatchObject({
      code: 'not_found',
    });
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { linkTracesToRun } from '#domain/traces/index.ts';
import {
  beat,
  createRun,
  deleteRun,
  deleteTag,
  getRun,
  lockRun,
  logBatch,
  logInputs,
  logOutputs,
  putArtifact,
  removeArtifacts,
  restoreRun,
  searchRuns,
  setTags,
  signArtifactUpload,
  startArtifactUpload,
  unlockRun,
  updateRun,
} from '#domain/tracking/index.ts';
import type { Context } from '#kernel/context.ts';
import { openWorkshop, type Workshop } from './support.ts';

let shop: Workshop;
beforeAll(async () => {
  shop = await openWorkshop();
});
afterAll(() => shop.close());

async function newRun(status: 'RUNNING' | 'FINISHED' = 'FINISHED'): Promise<string> {
  const tags = [{ key: 'team', value: 'a' }];
  const input = { experimentId: shop.experimentId, user: 'alice', startTime: 1, tags };
  const { run } = await createRun(shop.alice, input);
  if (status !== 'RUNNING') await updateRun(shop.alice, { runId: run.id, status, endTime: 2 });
  return run.id;
}

const everyWrite = (ctx: Context, runId: string): readonly (() => Promise<unknown>)[] => {
  const entry = { key: 'k', value: 'v' };
  const point = { key: 'm', value: 1, step: 0n, timestamp: 1n };
  const file = { runId, path: 'a.txt' };
  return [
    () => logBatch(ctx, { runId, metrics: [point], params: [], tags: [] }),
    () => logBatch(ctx, { runId, metrics: [], params: [entry], tags: [] }),
    () => setTags(ctx, { runId, tags: [entry] }),
    () => deleteTag(ctx, { runId, key: 'team' }),
    () => updateRun(ctx, { runId, status: 'FAILED' }),
    () => beat(ctx, { runId, seconds: 60 }),
    () => logInputs(ctx, { runId, datasets: [], models: ['m-1'] }),
    () => logOutputs(ctx, { runId, models: [{ modelId: 'm-1', step: 0 }] }),
    () => deleteRun(ctx, runId),
    () => restoreRun(ctx, runId),
    () => signArtifactUpload(ctx, file),
    () => startArtifactUpload(ctx, { ...file, parts: 1 }),
    () => putArtifact(ctx, { ...file, read: async () => new Uint8Array(1) }),
    () => removeArtifacts(ctx, { runId, path: '' }),
    () => linkTracesToRun(ctx, { runId, traceIds: [] }),
  ];
};

describe('a locked run', () => {
  it('takes no write of any kind, says since when it is locked, and is found by that', async () => {
    const runId = await newRun();
    await lockRun(shop.alice, runId);
    await lockRun(shop.alice, runId);
    const before = await getRun(shop.alice, runId);

    for (const write of everyWrite(shop.alice, runId)) {
      await expect(write()).rejects.toMatchObject({ code: 'locked', reason: 'run_locked' });
    }
    // Nor when this process does not know of the lock yet, where the row itself is changed.
    shop.clock.advance(6_000);
    expect(await getRun(shop.alice, runId)).toEqual(before);
    expect(before.tags.map(({ key }) => key)).toContain('assay.lockedOn');
    const page = await searchRuns(shop.alice, {
      experimentIds: [shop.experimentId],
      filter: 'tags."assay.lockedOn" IS NOT NULL',
      orderBy: [],
      view: 'active',
      limit: 5,
    });
    expect(page.runs.map(({ run }) => run.id)).toEqual([runId]);
  });

  it('can be unlocked by whoever manages the group alone', async () => {
    const runId = await newRun();
    await lockRun(shop.alice, runId);
    await expect(unlockRun(shop.bob, runId)).rejects.toMatchObject({ code: 'forbidden' });
    await expect(unlockRun(shop.carol, runId)).rejects.toMatchObject({ code: 'not_found' });

    await unlockRun(shop.alice, runId);

    await setTags(shop.alice, { runId, tags: [{ key: 'k', value: 'v' }] });
    expect((await getRun(shop.alice, runId)).tags).not.toContainEqual(
      expect.objectContaining({ key: 'assay.lockedOn' }),
    );
  });

  it('must have ended, and be there', async () => {
    const running = await newRun('RUNNING');
    await expect(lockRun(shop.alice, running)).rejects.toMatchObject({ reason: 'run_not_ended' });
    const deleted = await newRun();
    await deleteRun(shop.alice, deleted);
    await expect(lockRun(shop.alice, deleted)).rejects.toMatchObject({ reason: 'run_deleted' });
    await expect(lockRun(shop.bob, await newRun())).rejects.toMatchObject({ code: 'forbidden' });
    await expect(lockRun(shop.alice, 'f'.repeat(32))).rejects.toMatchObject({ code: 'not_found' });
  });
});

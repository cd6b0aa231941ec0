import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createExperiment, experimentKind } from '#domain/experiments/index.ts';
import { deleteResource } from '#domain/resources/index.ts';
import {
  createRun,
  deleteTag,
  type Entry,
  endRunWrites,
  getRun,
  linkJobWrites,
  logBatch,
  logParams,
  newRunWrites,
  setTags,
  updateRun,
} from '#domain/tracking/index.ts';
import { runKeys } from '#domain/tracking/run.items.ts';
import type { Context } from '#kernel/context.ts';
import { update } from '#kernel/table.ts';
import { openWorkshop, type Workshop } from './support.ts';

let shop: Workshop;
let runId: string;

beforeAll(async () => {
  shop = await openWorkshop();
});
afterAll(() => shop.close());

const start = (ctx: Context, more: { name?: string; tags?: readonly Entry[] } = {}) =>
  createRun(ctx, {
    experimentId: shop.experimentId,
    user: 'alice',
    startTime: 1_700_000_000_000,
    tags: [],
    ...more,
  });

beforeEach(async () => {
  runId = (await start(shop.alice, { name: 'first' })).run.id;
  shop.meter.reset();
});

const tagsOf = async () => {
  const { tags } = await getRun(shop.alice, runId);
  return Object.fromEntries(tags.map(({ key, value }) => [key, value]));
};
const paramsOf = async () => {
  const { params } = await getRun(shop.alice, runId);
  return params.map(({ key, value }) => [key, value]);
};

describe('a new run', () => {
  it('costs one round trip and at most 4 write units', async () => {
    const tags = ['user', 'source.name', 'source.type', 'source.git.commit'].map((key) => ({
      key: `mlflow.${key}`,
      value: 'x'.repeat(40),
    }));
    await start(shop.alice, { tags });
    const { readUnits, writeUnits, sequentialRoundTrips } = shop.meter.snapshot();

    expect(sequentialRoundTrips).toBe(1);
    expect(readUnits).toBeLessThanOrEqual(1);
    expect(writeUnits).toBeLessThanOrEqual(4);
  });

  it('is read back as it was made, in one round trip where its experiment was seen lately', async () => {
    const tags = [
      { key: 'mlflow.user', value: 'a' },
      { key: '__proto__', value: 'b' },
    ];
    const [made, other] = [
      await start(shop.alice, { name: 'mine', tags }),
      await start(shop.alice),
    ];
    shop.platform.cache.clear();
    await getRun(shop.alice, other.run.id);
    shop.meter.reset();
    const read = await getRun(shop.alice, made.run.id);

    expect(shop.meter.snapshot()).toMatchObject({ sequentialRoundTrips: 1, readUnits: 1 });
    expect(read).toEqual(made);
    expect(read.run).toEqual({
      id: made.run.id,
      experimentId: shop.experimentId,
      groupId: 1,
      user: 'alice',
      name: 'mine',
      status: 'RUNNING',
      startTime: 1_700_000_000_000,
    });
    expect(read.run.id).toMatch(/^[0-9a-f]{32}$/);
  });

  it('takes its name from the argument, else from the tag, else by chance', async () => {
    const tag = { key: 'mlflow.runName', value: 'tagged' };

    expect((await start(shop.alice, { tags: [tag] })).run.name).toBe('tagged');
    expect((await start(shop.alice, { name: 'tagged', tags: [tag] })).run.name).toBe('tagged');
    expect((await start(shop.alice)).run.name).toMatch(/^[a-z]+-[a-z]+-\d{1,3}$/);
    await expect(start(shop.alice, { name: 'other', tags: [tag] })).rejects.toMatchObject({
      code: 'invalid',
      reason: 'run_name',
    });
  });

  it.each([20, 100])('keeps %i large tags too', async (length) => {
    const tags = Array.from({ length }, (_, at) => ({
      key: `t${at}`,
      value: 'y'.repeat(8_000),
    }));
    const made = await start(shop.alice, { name: 'large', tags });
    const read = await getRun(shop.alice, made.run.id);

    const byKey = (a: Entry, b: Entry) => (a.key < b.key ? -1 : 1);
    expect(read.tags.toSorted(byKey)).toEqual(made.tags.toSorted(byKey));
  });

  it('needs an experiment that is there, active and writable', async () => {
    const deleted = await createExperiment(shop.alice, {
      name: 'deleted',
      description: '',
      groupId: 1,
      entrypoints: [],
    });
    await deleteResource(shop.alice, experimentKind, deleted.id);
    const run = { user: '', startTime: 0, tags: [] };

    await expect(createRun(shop.alice, { ...run, experimentId: 999_999 })).rejects.toMatchObject({
      code: 'not_found',
    });
    await expect(createRun(shop.alice, { ...run, experimentId: deleted.id })).rejects.toMatchObject(
      {
        reason: 'experiment_deleted',
      },
    );
    await expect(start(shop.carol)).rejects.toMatchObject({ code: 'not_found' });
    await expect(start(shop.bob)).rejects.toMatchObject({ code: 'forbidden' });
  });
});

describe('params', () => {
  it('are written once', async () => {
    await logParams(shop.alice, { runId, params: [{ key: 'lr', value: '0.1' }] });
    await logParams(shop.alice, { runId, params: [{ key: 'lr', value: '0.1' }] });
    const change = logParams(shop.alice, {
      runId,
      params: [
        { key: 'new', value: '1' },
        { key: 'lr', value: '0.2' },
      ],
    });

    await expect(change).rejects.toMatchObject({ reason: 'param_changed' });
    await expect(change).rejects.toThrow(/^Changing param values is not allowed/);
    expect(await paramsOf()).toEqual([['lr', '0.1']]);
  });

  // The first page is not there, has room, and is full.
  it.each([0, 10, 31_000])(
    'are written once by parallel writers, after %i bytes',
    async (bytes) => {
      const before = bytes === 0 ? [] : [0, 1, 2, 3, 4, 5].map((at) => `before-${at}`);
      const filler = 'f'.repeat(bytes / 6);
      await logParams(shop.alice, { runId, params: before.map((key) => ({ key, value: filler })) });
      const outcomes = await Promise.allSettled(
        [1, 2, 3, 4].map((writer) =>
          logParams(shop.alice, {
            runId,
            params: Array.from({ length: 20 }, (_, at) => ({
              key: at === 0 ? 'shared' : `p${writer}-${at}`,
              // Some need a page of their own where others still find room.
              value: `${writer}`.repeat(writer % 2 === 0 ? 3_000 : 2),
            })),
          }),
        ),
      );
      const added = (await paramsOf()).filter(([key]) => !key?.startsWith('before'));

      expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      expect(added).toHaveLength(20);
      expect(new Set(added.map(([, text]) => text)).size).toBe(1);
    },
  );

  it('of parallel writers are all there when none is in the way of another', async () => {
    await logParams(shop.alice, { runId, params: [{ key: 'before', value: '' }] });
    const writers = Array.from({ length: 6 }, (_, at) => `p${at}`);
    await Promise.all(
      writers.map((key) => logParams(shop.alice, { runId, params: [{ key, value: '1' }] })),
    );

    expect((await paramsOf()).map(([key]) => key).sort()).toEqual(['before', ...writers]);
  });

  it('fill pages that all read back', async () => {
    for (let batch = 0; batch < 5; batch += 1) {
      await logParams(shop.alice, {
        runId,
        params: Array.from({ length: 100 }, (_, at) => ({
          key: `p${batch}-${at}`,
          value: 'é'.repeat(900),
        })),
      });
    }

    expect(new Set((await paramsOf()).map(([key]) => key)).size).toBe(500);
  });

  it('are cut to 6,000 characters, as MLflow does, and refused twice in a batch', async () => {
    await logParams(shop.alice, { runId, params: [{ key: 'long', value: '😀'.repeat(6_001) }] });
    const twice = {
      runId,
      params: [
        { key: 'a', value: '1' },
        { key: 'a', value: '2' },
      ],
    };

    expect((await paramsOf())[0]?.[1]).toBe('😀'.repeat(6_000));
    await expect(logParams(shop.alice, twice)).rejects.toThrow(
      /Duplicate parameter keys have been submitted/,
    );
  });
});

describe('tags', () => {
  it('are set, overwritten and deleted, those of the new run as well', async () => {
    runId = (await start(shop.alice, { name: 'n', tags: [{ key: 'first', value: '1' }] })).run.id;
    shop.meter.reset();
    await setTags(shop.alice, { runId, tags: [{ key: 'a', value: '1' }] });
    const { writeUnits, sequentialRoundTrips } = shop.meter.snapshot();
    await setTags(shop.alice, {
      runId,
      tags: [
        { key: 'a', value: '2' },
        { key: 'first', value: '2' },
      ],
    });

    expect(sequentialRoundTrips).toBe(1);
    expect(writeUnits).toBeLessThanOrEqual(4);
    expect(await tagsOf()).toEqual({ 'mlflow.runName': 'n', a: '2', first: '2' });
    await deleteTag(shop.alice, { runId, key: 'a' });
    await deleteTag(shop.alice, { runId, key: 'first' });
    expect(await tagsOf()).toEqual({ 'mlflow.runName': 'n' });
    for (const key of ['a', 'first', 'never']) {
      await expect(deleteTag(shop.alice, { runId, key })).rejects.toMatchObject({
        code: 'not_found',
      });
    }
    await setTags(shop.alice, { runId, tags: [{ key: 'first', value: '3' }] });
    expect(await tagsOf()).toEqual({ 'mlflow.runName': 'n', first: '3' });
  });

  it('rename the run, and the run renames the tag', async () => {
    await setTags(shop.alice, { runId, tags: [{ key: 'mlflow.runName', value: 'second' }] });
    expect((await getRun(shop.alice, runId)).run.name).toBe('second');
    await updateRun(shop.alice, { runId, name: 'third' });
    expect(await tagsOf()).toEqual({ 'mlflow.runName': 'third' });
    await deleteTag(shop.alice, { runId, key: 'mlflow.runName' });
    expect(await tagsOf()).toEqual({});
    expect((await getRun(shop.alice, runId)).run.name).toBe('third');
    await setTags(shop.alice, { runId, tags: [{ key: 'mlflow.runName', value: 'fourth' }] });
    expect(await tagsOf()).toEqual({ 'mlflow.runName': 'fourth' });
  });
});

const everyWrite = (ctx: Context): readonly (() => Promise<unknown>)[] => [
  () => updateRun(ctx, { runId, status: 'FAILED' }),
  () => logParams(ctx, { runId, params: [{ key: 'a', value: '1' }] }),
  () => setTags(ctx, { runId, tags: [{ key: 'a', value: '1' }] }),
  () => deleteTag(ctx, { runId, key: 'mlflow.runName' }),
  () => logBatch(ctx, { runId, metrics: [], params: [], tags: [] }),
];

describe('a batch', () => {
  const point = { key: 'loss', value: 1, timestamp: 1n, step: 0n };
  const good = { metrics: [point], params: [{ key: 'lr', value: '1' }], tags: [] };

  it.each([
    ['a tag', { ...good, tags: [{ key: 'a/', value: '' }] }, 'tags[0].key'],
    ['a metric', { ...good, metrics: [point, { ...point, key: '..' }] }, 'metrics[1].name'],
    ['a time', { ...good, metrics: [{ ...point, timestamp: -1n }] }, 'metrics[0].timestamp'],
  ])('that names %s wrongly leaves nothing behind', async (_, batch, path) => {
    const sent = logBatch(shop.alice, { runId, ...batch });

    await expect(sent).rejects.toMatchObject({ code: 'invalid', detail: { path } });
    const { ranks, params } = await getRun(shop.alice, runId);
    expect({ ranks, params }).toEqual({ ranks: [], params: [] });
  });
});

describe('who may write', () => {
  it('is not a reader, nor somebody of another group, nor the child of another job', async () => {
    const before = await getRun(shop.alice, runId);
    for (const [ctx, code] of [
      [shop.bob, 'forbidden'],
      [shop.carol, 'not_found'],
      [shop.child({ jobId: 7, runId }), 'forbidden'],
    ] as const) {
      for (const write of everyWrite(ctx)) await expect(write()).rejects.toMatchObject({ code });
    }
    await expect(getRun(shop.carol, runId)).rejects.toMatchObject({ code: 'not_found' });

    expect(await getRun(shop.bob, runId)).toEqual(before);
  });

  it('is the child of its job, who may start further runs there', async () => {
    runId = 'a'.repeat(32);
    const { alice, experimentId } = shop;
    const job = { jobId: 7, attempt: 2, groupId: 1, experimentId };
    await alice.table.transact(
      newRunWrites({
        ...job,
        runId,
        user: 'alice',
        name: 'job-7',
        startTime: 5,
        params: [{ key: 'epochs', value: '3' }],
        tags: [{ key: 'mlflow.user', value: 'alice' }],
      }),
    );
    const child = shop.child({ jobId: 7, runId });
    await logParams(child, { runId, params: [{ key: 'more', value: '4' }] });
    const nested = await start(child);
    await setTags(child, { runId: nested.run.id, tags: [{ key: 'a', value: '1' }] });
    await alice.table.transact(
      endRunWrites(runId, {
        status: 'KILLED',
        endTime: 9,
        tags: [{ key: 'assay.reason', value: 'lost' }],
      }),
    );

    expect(await getRun(alice, runId)).toMatchObject({
      run: { ...job, id: runId, name: 'job-7', status: 'KILLED', endTime: 9 },
      params: [
        { key: 'epochs', value: '3' },
        { key: 'more', value: '4' },
      ],
      tags: [
        { key: 'mlflow.runName', value: 'job-7' },
        { key: 'mlflow.user', value: 'alice' },
        { key: 'assay.reason', value: 'lost' },
      ],
    });
    expect(nested.run).toMatchObject({ jobId: 7 });
  });

  it('may become the child of a job that the run is linked to, once', async () => {
    const link = (jobId: number, groupId = 1) =>
      shop.alice.table.transact(linkJobWrites(runId, { jobId, groupId }));

    expect((await link(8, 2)).ok).toBe(false);
    expect((await link(8)).ok).toBe(true);
    expect((await link(8)).ok).toBe(true);
    expect((await link(9)).ok).toBe(false);
    shop.clock.advance(5_000);
    await setTags(shop.child({ jobId: 8, runId }), { runId, tags: [{ key: 'a', value: '1' }] });
    expect((await tagsOf()).a).toBe('1');
  });
});

describe('a deleted run', () => {
  it('takes no writes and can still be read', async () => {
    await shop.alice.table.write(update(runKeys.run(runId), { set: { deletedOn: 1 } }));
    // One process may remember for 5 seconds that it was there, but the row itself refuses.
    await expect(updateRun(shop.alice, { runId, status: 'FAILED' })).rejects.toMatchObject({
      reason: 'run_deleted',
    });
    shop.clock.advance(5_000);
    for (const write of everyWrite(shop.alice)) {
      await expect(write()).rejects.toMatchObject({ code: 'invalid', reason: 'run_deleted' });
    }

    expect((await getRun(shop.alice, runId)).run).toMatchObject({
      deletedOn: 1,
      status: 'RUNNING',
    });
  });
});

describe('updates', () => {
  it('change what is named and nothing else', async () => {
    const before = await getRun(shop.alice, runId);
    const run = await updateRun(shop.alice, {
      runId,
      status: 'FINISHED',
      endTime: 1_700_000_000_500,
    });

    expect(run).toEqual({ ...before.run, status: 'FINISHED', endTime: 1_700_000_000_500 });
    expect((await updateRun(shop.alice, { runId })).status).toBe('FINISHED');
    await expect(updateRun(shop.alice, { runId: 'none', status: 'FAILED' })).rejects.toMatchObject({
      code: 'not_found',
    });
    await expect(updateRun(shop.alice, { runId, endTime: 10 ** 15 })).rejects.toMatchObject({
      code: 'invalid',
    });
  });
});

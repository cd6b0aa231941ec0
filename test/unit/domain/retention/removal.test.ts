import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createExperiment } from '#domain/experiments/index.ts';
import { createLoggedModel } from '#domain/logged-models/index.ts';
import { removeExperiment, sweepRemovals } from '#domain/retention/index.ts';
import { startTrace } from '#domain/traces/index.ts';
import {
  createRun,
  createTrackedExperiment,
  deleteExperiment,
  deleteRun,
  getRun,
  getTrackedExperiment,
  lockRun,
  logBatch,
  logInputs,
  putArtifact,
  removeRun,
  restoreExperiment,
  restoreRun,
  searchExperiments,
  searchRuns,
  setExperimentTag,
  sweepRuns,
  unlockRun,
  updateRun,
} from '#domain/tracking/index.ts';
import type { Context } from '#kernel/context.ts';
import { AppError } from '#kernel/errors.ts';
import type { Key, Table, Write } from '#kernel/table.ts';
import { openWorkshop, type Workshop } from '../tracking/support.ts';

const DAY = 24 * 60 * 60 * 1000;
const MINUTE = 60_000;

let shop: Workshop;
let alice: Context;
let system: Context;
/** Every key that was written, and what to do before each write. */
const written = new Map<string, Key>();
let beforeWrite: () => void = () => undefined;
let logged: string[] = [];

function witness(table: Table): Table {
  const note = (writes: readonly Write[]): void => {
    beforeWrite();
    for (const write of writes) {
      const { pk, sk } = write.kind === 'put' ? write.item : write.key;
      written.set(`${pk}\n${sk}`, { pk, sk });
    }
  };
  return {
    ...table,
    get: (...args) => table.get(...args),
    batchGet: (...args) => table.batchGet(...args),
    query: (...args) => table.query(...args),
    async write(write) {
      note([write]);
      return table.write(write);
    },
    async transact(writes) {
      note(writes);
      return table.transact(writes);
    },
    async bulk(writes) {
      note(writes);
      return table.bulk(writes);
    },
  };
}

beforeAll(async () => {
  shop = await openWorkshop();
  const log = {
    info: () => undefined,
    error: (event: string, fields?: object) =>
      void logged.push(`${event} ${JSON.stringify(fields)}`),
  };
  alice = { ...shop.alice, table: witness(shop.platform.table), log, defer: () => undefined };
  system = { ...alice, actor: { kind: 'system' } };
});
afterAll(() => shop.close());

/** The items there are of those that were written, without what is nobody's own. */
async function left(): Promise<readonly string[]> {
  const keys = [...written.values()];
  const items = await shop.platform.table.batchGet(keys);
  return items
    .flatMap((item) => (item === undefined ? [] : [`${item.pk} ${item.sk}`]))
    .filter((name) => !/^(LIST|SYS|AUDIT)#/.test(name))
    .toSorted();
}

const files = async (): Promise<number> => {
  const { objects } = await shop.platform.blobs.list('runs/');
  return objects.length;
};

let names = 0;
async function fill(options: { readonly runs?: number } = {}) {
  names += 1;
  const name = `to be removed ${names}`;
  const { id } = await createTrackedExperiment(alice, {
    name,
    tags: [{ key: 'long', value: 'x'.repeat(20_000) }],
  });
  await setExperimentTag(alice, { id, tag: { key: 'more', value: '🦉'.repeat(20_000) } });
  const runIds: string[] = [];
  for (let at = 0; at < (options.runs ?? 2); at += 1) {
    const tags = [{ key: 'a', value: 'b' }];
    const { run } = await createRun(alice, { experimentId: id, user: 'a', startTime: at, tags });
    runIds.push(run.id);
    await logBatch(alice, {
      runId: run.id,
      metrics: [{ key: 'loss', value: at, timestamp: 1n, step: 1n }],
      params: [{ key: 'lr', value: '1' }],
      tags: [{ key: 'long', value: 'y'.repeat(3_000) }],
    });
    await putArtifact(alice, {
      runId: run.id,
      path: 'a/b.txt',
      read: async () => new Uint8Array(3),
    });
  }
  const dataset = { name: 'd', digest: '1', sourceType: 's', source: 'z'.repeat(50_000), tags: [] };
  await logInputs(alice, { runId: runIds[0] ?? '', datasets: [dataset], models: [] });
  return { id, name, runIds };
}

/** Brings the index up to date. */
async function settled(): Promise<void> {
  shop.clock.advance(MINUTE);
  await sweepRuns(system);
}

/** Until the last mark of a run is gone. */
async function swept(): Promise<void> {
  for (let round = 0; round < 4; round += 1) {
    shop.clock.advance(17 * MINUTE);
    await sweepRemovals(system);
    await sweepRuns(system);
  }
}

const gone = { code: 'not_found' };

describe('an experiment that is removed for good', () => {
  it('leaves nothing behind, and its name is free', async () => {
    const [before, filesBefore] = [await left(), await files()];
    const { id, name, runIds } = await fill();
    const trace = {
      id: 'tr-1',
      experimentId: id,
      time: 1,
      state: 'OK' as const,
      metadata: [],
      tags: [],
      assessments: [],
    };
    await startTrace(alice, trace);
    await createLoggedModel(alice, {
      experimentId: id,
      type: '',
      sourceRunId: '',
      params: [],
      tags: [],
    });
    await settled();
    await fill({ runs: 0 }).catch(() => undefined);
    await deleteExperiment(alice, id);
    await removeExperiment(alice, id);
    await removeExperiment(alice, id);

    await expect(restoreExperiment(alice, id)).rejects.toMatchObject(gone);
    await swept();

    await expect(getTrackedExperiment(alice, id)).rejects.toMatchObject(gone);
    await expect(getRun(alice, runIds[0] ?? '')).rejects.toMatchObject(gone);
    const asked = { view: 'all', filter: `name = '${name}'`, orderBy: [], limit: 10 } as const;
    expect((await searchExperiments(alice, asked)).experiments).toEqual([]);
    const mine = (await left()).filter((key) => !before.includes(key));
    const ofThis = [`EXP#${id}`, `RES#${id} `, 'tr-1', name, ...runIds];
    expect(mine.filter((key) => ofThis.some((part) => key.includes(part)))).toEqual([]);
    expect(await files()).toBe(filesBefore);
    const again = await createTrackedExperiment(alice, { name, tags: [] });
    expect(again.id).toBeGreaterThan(id);
    expect(logged).toEqual([]);
  });

  it('is gone in the end, whichever write a sweep stops at', async () => {
    for (let stop = 1; stop <= 24; stop += 1) {
      const { id, name, runIds } = await fill({ runs: 1 });
      await settled();
      await deleteExperiment(alice, id);
      await removeExperiment(alice, id);
      shop.clock.advance(17 * MINUTE);
      let writes = 0;
      beforeWrite = () => {
        writes += 1;
        if (writes >= stop) throw new AppError('unavailable', 'The process is gone.');
      };
      await sweepRemovals(system);
      beforeWrite = () => undefined;
      await swept();

      const ofThis = [`EXP#${id}`, `RES#${id} `, name, ...runIds];
      const rest = (await left()).filter((key) => ofThis.some((part) => key.includes(part)));
      expect([stop, rest]).toEqual([stop, []]);
    }
    logged = [];
  }, 60_000);

  it('must be deleted before, and may hold no jobs; only who manages the group may do it', async () => {
    const { id } = await fill({ runs: 1 });
    await expect(removeExperiment(alice, id)).rejects.toMatchObject({
      reason: 'experiment_not_deleted',
    });
    await deleteExperiment(alice, id);
    const member = { ...alice, actor: shop.bob.actor };
    const stranger = { ...alice, actor: shop.carol.actor };
    await expect(removeExperiment(member, id)).rejects.toMatchObject({ code: 'forbidden' });
    await expect(removeExperiment(stranger, id)).rejects.toMatchObject(gone);
    await expect(removeExperiment(alice, -1)).rejects.toMatchObject({ code: 'invalid' });
    await restoreExperiment(alice, id);
  });
});

describe('an experiment with a locked run', () => {
  it('is deleted and restored as others are, and not removed before the run is unlocked', async () => {
    const { id, runIds } = await fill({ runs: 2 });
    const [runId = ''] = runIds;
    await setExperimentTag(alice, { id, tag: { key: 'assay.retentionDays', value: '1' } });
    await updateRun(alice, { runId, status: 'FINISHED', endTime: 2 });
    await lockRun(alice, runId);
    const before = await getRun(alice, runId);
    await deleteExperiment(alice, id);
    await expect(removeExperiment(alice, id)).rejects.toMatchObject({
      code: 'locked',
      reason: 'experiment_has_locked_runs',
    });
    shop.clock.advance(2 * DAY);
    await swept();
    await restoreExperiment(alice, id);
    expect(await getRun(alice, runId)).toEqual(before);

    await unlockRun(alice, runId);
    await unlockRun(alice, runId);
    await deleteExperiment(alice, id);
    await removeExperiment(alice, id);
    await swept();
    shop.platform.cache.clear();
    await expect(getRun(alice, runId)).rejects.toMatchObject(gone);
  });
});

describe('a run that is removed for good', () => {
  it('leaves the others and what they share', async () => {
    const { id, runIds } = await fill({ runs: 2 });
    const [first = '', second = ''] = runIds;
    await expect(removeRun(alice, second)).rejects.toMatchObject({ reason: 'run_not_deleted' });
    await deleteRun(alice, second);
    await settled();
    await removeRun(alice, second);
    await removeRun(alice, second);
    await expect(restoreRun(alice, second)).rejects.toMatchObject(gone);
    await swept();

    shop.platform.cache.clear();
    await expect(getRun(alice, second)).rejects.toMatchObject(gone);
    expect((await getRun(alice, first)).inputs.datasets).toHaveLength(1);
    const asked = { experimentIds: [id], filter: '', orderBy: [], view: 'all', limit: 10 } as const;
    const { runs } = await searchRuns(alice, asked);
    expect(runs.map(({ run }) => run.id)).toEqual([first]);
    expect((await left()).filter((key) => key.includes(second))).toEqual([]);
  });
});

describe('the retention of an experiment', () => {
  it('removes runs so many days after they were deleted, and leaves a record', async () => {
    const { id, runIds } = await fill({ runs: 3 });
    const [early = '', late = '', live = ''] = runIds;
    await setExperimentTag(alice, { id, tag: { key: 'assay.retentionDays', value: '7' } });
    await deleteRun(alice, early);
    await settled();
    shop.clock.advance(4 * DAY);
    await deleteRun(alice, late);
    await settled();
    await swept();
    expect((await getRun(alice, early)).run.id).toBe(early);
    shop.clock.advance(4 * DAY);
    await swept();

    shop.platform.cache.clear();
    await expect(getRun(alice, early)).rejects.toMatchObject(gone);
    expect((await getRun(alice, late)).run.id).toBe(late);
    expect((await getRun(alice, live)).run.id).toBe(live);
    const { items } = await shop.platform.table.query({ pk: 'AUDIT#1' });
    expect(items).toContainEqual(
      expect.objectContaining({
        operation: 'retention',
        touched: [{ entity: 'run', lookup: { resource_id: id, run_ids: [early] }, groupId: 1 }],
      }),
    );
  });

  it('removes the experiment so many days after it was deleted, however it was made', async () => {
    const tag = { key: 'assay.retentionDays', value: '1' };
    const { id } = await fill({ runs: 1 });
    const data = { name: 'of Dioptra', description: '', groupId: 1, entrypoints: [] };
    const other = await createExperiment(alice, data);
    for (const each of [id, other.id]) {
      await setExperimentTag(alice, { id: each, tag });
      await deleteExperiment(alice, each);
    }
    shop.clock.advance(DAY - 30 * MINUTE);
    await swept();
    expect((await getTrackedExperiment(alice, id)).deleted).toBe(true);
    shop.clock.advance(DAY);
    await swept();

    for (const each of [id, other.id]) {
      await expect(getTrackedExperiment(alice, each)).rejects.toMatchObject(gone);
    }
  });

  it('ends with its tag, and nothing that lives goes', async () => {
    const { id, runIds } = await fill({ runs: 1 });
    const tag = { key: 'assay.retentionDays', value: '1' };
    await setExperimentTag(alice, { id, tag });
    shop.clock.advance(3 * DAY);
    await swept();
    expect((await getRun(alice, runIds[0] ?? '')).run.id).toBe(runIds[0]);
  });

  it.each(['0', '-1', '1.5', '1e3', '', 'x', '36501', '01'])('is no %j', async (value) => {
    const { id } = await fill({ runs: 1 });
    const tag = { key: 'assay.retentionDays', value };

    await expect(setExperimentTag(alice, { id, tag })).rejects.toMatchObject({ code: 'invalid' });
  });
});

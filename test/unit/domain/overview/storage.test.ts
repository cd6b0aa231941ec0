import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { countStorage } from '#domain/overview/index.ts';
import { takeLease } from '#domain/overview/storage/storage.items.ts';
import { artifactKey } from '#domain/tracking/index.ts';
import { type Json, READER, type TestApp, type TestUser, testApp } from '../../../support/app.ts';

let app: TestApp;
let owner: TestUser;
let group: { readonly id: number; readonly name: string };

beforeAll(async () => {
  app = testApp({ usdPerGbMonth: 0.5 });
  await app.newUser();
  owner = await app.newUser();
  group = await app.newGroup(owner);
});
afterAll(async () => {
  expect(app.errors).toEqual([]);
  await app.close();
});

const ok = ({ status, body, text }: Json): Json => {
  expect([status, status === 200 ? '' : text]).toEqual([200, '']);
  return body;
};
const path = (rest: string) => `/api/v1/groups/${group.id}/${rest}`;
const storage = async (): Promise<Json> => ok(await owner.get(path('overview'))).storage;
const measure = async (by = owner) => by.post(path('storage/measure'));

async function mlflow(rest: string, body: object): Promise<Json> {
  const headers = { 'x-mlflow-workspace': String(group.id) };
  return ok(await owner.call('POST', `/api/2.0/mlflow/${rest}`, body, headers));
}
const newExperiment = async (name: string): Promise<string> =>
  (await mlflow('experiments/create', { name })).experiment_id;
const newRun = async (experiment_id: string): Promise<string> =>
  (await mlflow('runs/create', { experiment_id, start_time: 1 })).run.info.run_id;

const store = (key: string, bytes: number) => app.platform.blobs.put(key, 'x'.repeat(bytes));

/** Once the answer is there, and what it left behind is done. */
async function counted(): Promise<Json> {
  const first = ok(await measure());
  await app.settled();
  return first;
}

describe('what the files of a group take', () => {
  it('is nothing before it was counted', async () => {
    expect(await storage()).toBe(null);
  });

  it('is what the store has of its runs, models, traces and datasets, deleted ones too', async () => {
    const [one, gone] = [await newExperiment('one'), await newExperiment('gone')];
    const runs = [await newRun(one), await newRun('0'), await newRun(gone)];
    await Promise.all(runs.map((run, at) => store(artifactKey(run, 'a/b.bin'), 10 ** at)));
    await mlflow('runs/delete', { run_id: runs[0] });
    await mlflow('experiments/delete', { experiment_id: gone });
    await store(`runs/models/${one}/m-1/artifacts/model.bin`, 1_000);
    await store(`runs/traces/-${group.id}/tr-1/artifacts/traces.json`, 10_000);
    await store(`runs/datasets/${one}/hash.json`, 100_000);
    await store('runs/models/987654/m-2/artifacts/model.bin', 5);
    const others = (await app.newUser()).post('/api/2.0/mlflow/runs/create', {
      experiment_id: '0',
      start_time: 1,
    });
    await store(artifactKey(ok(await others).run.info.run_id, 'other.bin'), 7);

    const { measuring } = await counted();

    expect(measuring).toBe(true);
    expect(await storage()).toEqual({
      measuring: false,
      bytes: 111_111,
      files: 6,
      asOf: new Date(app.clock.now()).toISOString().replace('Z', '000+00:00'),
      isComplete: true,
      estimatedUsdPerMonth: (111_111 / 2 ** 30) * 0.5,
    });
  });

  it('is not counted again at once, and stays as it was while it is', async () => {
    const before = await storage();
    await store(`runs/models/-${group.id}/m-3/artifacts/model.bin`, 1);

    expect(await counted()).toEqual(before);
    app.clock.advance(60_000);
    expect(await counted()).toMatchObject({ measuring: true, bytes: before.bytes });
    expect(await storage()).toMatchObject({ measuring: false, bytes: before.bytes + 1 });
  });

  it('is counted by one at a time, by another once the lease is over', async () => {
    app.clock.advance(60_000);
    const hold = await takeLease(app.system, group.id);
    if (hold === undefined) throw new Error('nobody held it');
    expect((await storage()).measuring).toBe(true);
    expect(await takeLease(app.system, group.id)).toBe(undefined);

    app.clock.advance(60_001);
    expect((await storage()).measuring).toBe(false);
    await counted();
    expect(await countStorage(app.system, hold)).toBe('lost');
  });

  it('says so where there was no time for all', async () => {
    app.clock.advance(60_000);
    const hold = await takeLease(app.system, group.id);
    if (hold === undefined) throw new Error('nobody held it');

    expect(await countStorage(app.system, hold, 0)).toBe('counted');

    expect(await storage()).toMatchObject({ measuring: false, isComplete: false, bytes: 0 });
  });

  it('can be had again where counting failed', async () => {
    app.clock.advance(60_000);
    const hold = await takeLease(app.system, group.id);
    if (hold === undefined) throw new Error('nobody held it');
    const blobs = {
      ...app.platform.blobs,
      list: async () => {
        throw new Error('no list');
      },
    };

    await expect(countStorage({ ...app.system, blobs }, hold)).rejects.toThrow('no list');

    expect((await storage()).measuring).toBe(false);
    expect((await counted()).measuring).toBe(true);
    expect((await storage()).isComplete).toBe(true);
  });

  it('is asked for by those who may write', async () => {
    const [reader, stranger] = [await app.newUser(), await app.newUser()];
    await app.join(reader, group, READER);

    expect((await measure(reader)).status).toBe(403);
    expect((await measure(stranger)).status).toBe(404);
  });
});

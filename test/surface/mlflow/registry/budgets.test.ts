import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Answer } from '../support.ts';
import { ok, openRegistry, queryOf, type Registry, SOURCE } from './support.ts';

const MODELS = 120;
const VERSIONS = 150;
const RUN = 'a'.repeat(32);

let api: Registry;
beforeAll(async () => {
  api = await openRegistry();
  for (let made = 0; made < MODELS; made += 1) {
    await api.newModel(`model ${made}`);
    await api.newVersion(`model ${made}`);
  }
  await api.newModel('one');
  for (let made = 1; made < VERSIONS; made += 1) await api.newVersion('one');
  await api.newVersion('one', { run_id: RUN });
}, 60_000);
afterAll(() => api.close());

/** What a call costs once its caller is known. */
async function costOf(call: () => Promise<Answer>) {
  ok(await call());
  api.shop.meter.reset();
  ok(await call());
  const {
    tableRoundTrips: trips,
    readUnits: reads,
    writeUnits: writes,
  } = api.shop.meter.snapshot();
  return { trips, reads, writes };
}

const search = (kind: string, query: Parameters<typeof queryOf>[0]) => () =>
  api.get(`/${kind}/search?${queryOf({ max_results: '25', ...query })}`);

describe('what calls of the registry cost', () => {
  it.each([
    ['a model by its name', () => api.get('/registered-models/get?name=one'), 2, 3],
    ['a version', () => api.version('one', '3'), 2, 2],
    ['an alias', () => api.get('/registered-models/alias?name=one&alias=latest'), 2, 2],
    ['a page of models', search('registered-models', {}), 2, 40],
    ['models by a name', search('registered-models', { filter: "name = 'one'" }), 2, 3],
    ['versions by a run', search('model-versions', { filter: `run_id = '${RUN}'` }), 3, 4],
    ['the versions that changed last', search('model-versions', {}), 2, 40],
    [
      'the newest versions of a model',
      search('model-versions', { filter: "name = 'one'", order_by: 'version_number DESC' }),
      2,
      20,
    ],
  ])('%s', async (_what, call, trips, reads) => {
    const cost = await costOf(call);

    expect(cost.trips).toBeLessThanOrEqual(trips);
    expect(cost.reads).toBeLessThanOrEqual(reads);
    expect(cost.writes).toBe(0);
  });

  it.each([
    // With the record of the call: 2.
    [
      'a tag',
      () => api.post('/registered-models/set-tag', { name: 'one', key: 'a', value: 'b' }),
      3,
      4,
    ],
    [
      'a version',
      () => api.post('/model-versions/create', { name: 'one', source: SOURCE, run_id: RUN }),
      3,
      13,
    ],
    [
      'an alias',
      () => api.post('/registered-models/alias', { name: 'one', alias: 'best', version: '7' }),
      3,
      8,
    ],
  ])('to write %s', async (_what, call, trips, writes) => {
    const cost = await costOf(call);

    expect(cost.trips).toBeLessThanOrEqual(trips);
    expect(cost.writes).toBeLessThanOrEqual(writes);
  });
});

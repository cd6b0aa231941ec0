/** P23: what a deleted model leaves goes in the end, wherever a sweep dies. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { purgeModels } from '#domain/registry/index.ts';
import { asSystem } from '#kernel/context.ts';
import { unavailable } from '#kernel/errors.ts';
import { ok, openRegistry, type Registry } from './support.ts';

/** Of a purge: what finds versions by their runs, versions, what finds the model. */
const WRITES = 3;

let api: Registry;
beforeAll(async () => {
  api = await openRegistry();
});
afterAll(() => api.close());

it.each([1, 2, 3, 4])('dies before its write %i', async (stop) => {
  const run = await api.newRun();
  const name = `stopped-${stop}`;
  await api.newModel(name);
  for (let versions = 0; versions < 3; versions += 1) await api.newVersion(name, { run_id: run });
  ok(await api.remove('/registered-models/delete', { name }));
  api.shop.clock.advance(61_000);
  const { table } = api.shop.platform;
  const [pointer] = (await table.query({ index: 'gsi2', pk: 'REG#DELETED' })).items;
  let writes = 0;
  const dying = {
    ...table,
    query: table.query,
    async bulk(...call: Parameters<typeof table.bulk>) {
      writes += 1;
      if (writes === stop) throw unavailable('The process is gone.');
      return table.bulk(...call);
    },
  };
  const system = asSystem(api.shop.alice);

  const died = await purgeModels({ ...system, table: dying }).then(
    () => false,
    () => true,
  );
  await purgeModels(system);

  expect([died, writes]).toEqual([stop <= WRITES, Math.min(stop, WRITES)]);
  for (const pk of [pointer?.pk ?? '', `REG#RUN#${run}`]) {
    expect((await table.query({ pk })).items).toEqual([]);
  }
  expect((await table.query({ index: 'gsi2', pk: 'REG#DELETED' })).items).toEqual([]);
  expect((await api.versions({})).filter((each) => each.startsWith(name))).toEqual([]);
});

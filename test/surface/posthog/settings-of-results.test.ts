/** What a result depends on beside its metric: another setting must not show the result of before as its own. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Json } from '../../support/app.ts';
import { type Happening, type WarehouseTools, warehouseTools } from '../../support/warehouse.ts';
import { type ExperimentStage, experimentStage, meanOf, must } from './experiment-stage.ts';

const DAY = 86_400_000;
const PEOPLE = 60;

let stage: ExperimentStage;
let tools: WarehouseTools;
let experiment: Json;

const happenings = (start: number): readonly Happening[] =>
  ['control', 'test'].flatMap((variant, arm) =>
    Array.from({ length: PEOPLE }, (_, person) => {
      const id = `${variant}-${person}`;
      const flag = { $feature_flag: 'priced', $feature_flag_response: variant };
      const paid = (ts: number, amount: number, name: string): Happening => ({
        ...{ uuid: `${id}-${name}`, event: 'paid', id, ts, properties: { amount } },
      });
      return [
        paid(start - DAY, 1 + (person % 3), 'before'),
        { uuid: `${id}-f`, event: '$feature_flag_called', id, ts: start + 1_000, properties: flag },
        paid(start + DAY, arm + 1 + (person % 3), 'after'),
      ];
    }).flat(),
  );

beforeAll(async () => {
  stage = await experimentStage();
  tools = warehouseTools(stage.app.platform.blobs);
  experiment = await stage.create({ feature_flag_key: 'priced' });
  await stage.steps(experiment.id, 'launch');
  await tools.store(stage.project, happenings(stage.app.clock.now()), 'a');
  stage.app.clock.advance(2 * DAY);
});
afterAll(async () => {
  await stage.close();
  await tools.close();
});

const metric = meanOf('paid', {
  source: { kind: 'EventsNode', event: 'paid', math: 'sum', math_property: 'amount' },
});

async function ask(): Promise<Json> {
  const query = { kind: 'ExperimentQuery', experiment_id: experiment.id, metric };
  return must(await stage.owner.post(stage.at('query/'), { query }));
}
const set = async (stats_config: object): Promise<void> => {
  must(
    await stage.owner.call('PATCH', stage.at(`experiments/${experiment.id}/`), { stats_config }),
  );
};

it.each([
  ['covariates', { method: 'bayesian', cuped: { enabled: true } }],
  ['the baseline', { method: 'bayesian', baseline_variant_key: 'test' }],
  ['the kind of difference', { method: 'bayesian', bayesian: { difference_type: 'absolute' } }],
  ['the level', { method: 'bayesian', bayesian: { ci_level: 0.8 } }],
])('%s make another result, though its fingerprint is the same', async (_, config) => {
  await set({ method: 'bayesian' });
  const before = await ask();
  const again = await ask();
  await set(config);
  const after = await ask();

  expect([again.is_cached, after.is_cached]).toEqual([true, false]);
  const shown = ({ baseline, variant_results }: Json) =>
    JSON.stringify([baseline, variant_results]);
  expect(shown(again)).toBe(shown(before));
  expect(shown(after)).not.toBe(shown(before));
});

it('is kept for good once it was worked out some days after the end', async () => {
  await set({ method: 'bayesian' });
  await stage.steps(experiment.id, 'end');
  await ask();
  stage.app.clock.advance(10 * 60_000);
  const soon = await ask();
  stage.app.clock.advance(4 * DAY);
  const late = await ask();
  stage.app.clock.advance(6 * DAY);
  const later = await ask();

  expect([soon.is_cached, late.is_cached, later.is_cached]).toEqual([false, false, true]);
  expect(later.last_refresh).toBe(late.last_refresh);
});

it('needs its flag while it goes on', async () => {
  const other = await stage.create({ feature_flag_key: 'needed' });
  await stage.steps(other.id, 'launch');
  const flag = stage.at(`feature_flags/${other.feature_flag.id}/`);
  const refused = await stage.owner.call('PATCH', flag, { deleted: true });
  await stage.steps(other.id, 'end');
  const done = await stage.owner.call('PATCH', flag, { deleted: true });

  expect([refused.status, refused.body.detail]).toEqual([
    400,
    expect.stringMatching(/^Cannot delete a feature flag that is linked to running experiment/),
  ]);
  expect(done.status).toBe(200);
});

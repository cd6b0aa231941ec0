import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { unavailable } from '#kernel/errors.ts';
import type { Warehouse } from '#kernel/warehouse.ts';
import type { Json } from '../../support/app.ts';
import { type Happening, type WarehouseTools, warehouseTools } from '../../support/warehouse.ts';
import {
  type ExperimentStage,
  experimentStage,
  meanOf,
  must,
  refusal,
} from './experiment-stage.ts';

let stage: ExperimentStage;
let tools: WarehouseTools;
let experiment: Json;

const DAY = 86_400_000;
const PEOPLE = 60;

/** Sixty in each arm; of control each pays 1 or 3, of test each 2 or 4, on the day after. */
function happenings(start: number): readonly Happening[] {
  return ['control', 'test'].flatMap((variant, arm) =>
    Array.from({ length: PEOPLE }, (_, person) => {
      const id = `${variant}-${person}`;
      const flag = { $feature_flag: 'priced', $feature_flag_response: variant };
      const amount = arm + 1 + (person % 2) * 2;
      return [
        { uuid: `${id}-f`, event: '$feature_flag_called', id, ts: start + 1_000, properties: flag },
        { uuid: `${id}-p`, event: 'paid', id, ts: start + DAY, properties: { amount } },
      ];
    }).flat(),
  );
}

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

const amounts = meanOf('paid', {
  source: { kind: 'EventsNode', event: 'paid', math: 'sum', math_property: 'amount' },
});
const ask = (query: object, refresh: unknown = 'blocking') =>
  stage.owner.post(stage.at('query/'), { query, refresh });
const metricQuery = (metric: unknown, id: number = experiment.id) => ({
  kind: 'ExperimentQuery',
  experiment_id: id,
  metric,
});

describe('a question about a metric', () => {
  it('is answered with the sums of each variant and what they tell', async () => {
    const { status, body } = await ask(metricQuery(amounts));

    expect(status).toBe(200);
    expect(body).toMatchObject({
      kind: 'ExperimentQuery',
      baseline: {
        key: 'control',
        number_of_samples: PEOPLE,
        sum: 120,
        sum_squares: 300,
        validation_failures: [],
      },
      variant_results: [
        {
          key: 'test',
          method: 'bayesian',
          number_of_samples: PEOPLE,
          sum: 180,
          sum_squares: 600,
          significant: true,
          validation_failures: [],
        },
      ],
    });
    const [{ chance_to_win, credible_interval, ...rest }] = body.variant_results;
    expect(chance_to_win).toBeGreaterThan(0.99);
    // Three against two is half more.
    expect((credible_interval[0] + credible_interval[1]) / 2).toBeCloseTo(0.5, 9);
    expect(rest).not.toHaveProperty('p_value');
  });

  it('goes by the method of the experiment', async () => {
    must(await stage.patch(experiment.id, { stats_config: { method: 'frequentist' } }));
    const { body } = await ask(metricQuery(amounts));
    must(await stage.patch(experiment.id, { stats_config: { method: 'bayesian' } }));

    const [variant] = body.variant_results;
    expect(variant).toMatchObject({ method: 'frequentist', significant: true });
    expect(variant.p_value).toBeLessThan(0.001);
    expect(variant.confidence_interval).toHaveLength(2);
    expect(variant).not.toHaveProperty('chance_to_win');
  });

  it('is one of some minutes ago, unless it is to be worked out anew', async () => {
    const first = (await ask(metricQuery(amounts))).body;
    stage.app.clock.advance(60_000);
    const kept = (await ask(metricQuery(amounts))).body;
    const fresh = (await ask(metricQuery(amounts), 'force_blocking')).body;

    expect(kept).toEqual({ ...first, is_cached: true });
    expect(fresh.is_cached).toBe(false);
    expect(fresh.last_refresh > first.last_refresh).toBe(true);
  });

  it('has no statistics where there is too little', async () => {
    const { body } = await ask(metricQuery(meanOf('never')));

    expect(body.baseline.validation_failures).toContain('baseline-mean-is-zero');
    expect(body.variant_results[0]).not.toHaveProperty('significant');
  });

  it('may be asked by what has the scope, and by nobody else', async () => {
    const [enough, other] = await Promise.all(
      [['query:read'], ['experiment:write']].map((scopes) => stage.owner.newToken(scopes)),
    );
    const statuses = await Promise.all(
      [enough, other].map(async (each) => {
        const client = stage.app.bearer(each?.token ?? '');
        return (await client.post(stage.at('query'), { query: metricQuery(amounts) })).status;
      }),
    );

    expect(statuses).toEqual([200, 403]);
  });

  it.each<[string, () => object, unknown, string | null]>([
    ['no metric', () => metricQuery(7), /must be a dict/, 'query__metric'],
    ['another kind', () => metricQuery({ kind: 'x' }), /ExperimentMetric/, 'query__metric'],
    [
      'actions',
      () => metricQuery(meanOf('a', { source: { kind: 'ActionsNode', id: 1 } })),
      /action/i,
      null,
    ],
  ])('of %s is refused', async (_, query, detail, attr) => {
    expect(await ask(query())).toMatchObject(
      refusal(expect.stringMatching(detail as RegExp), attr),
    );
  });

  it('about a draft, what is not there, and what is no question is refused', async () => {
    const draft = await stage.create();
    const answers = await Promise.all([
      ask(metricQuery(amounts, draft.id)),
      ask(metricQuery(amounts, 4_711)),
      ask({ kind: 'TrendsQuery' }),
    ]);

    expect(answers[0]).toMatchObject(refusal('Experiment has not been launched yet.'));
    expect(answers.map(({ status }) => status)).toEqual([400, 404, 400]);
  });
});

describe('a question about exposures', () => {
  it('is answered day by day, with whether the shares are as promised', async () => {
    const query = { kind: 'ExperimentExposureQuery', experiment_id: experiment.id };
    const { status, body } = await ask({ ...query, feature_flag: { key: 'priced' } });

    expect(status).toBe(200);
    expect(body).toEqual({
      kind: 'ExperimentExposureQuery',
      timeseries: ['control', 'test'].map((variant) => ({
        variant,
        days: ['2026-01-01', '2026-01-02', '2026-01-03'],
        exposure_counts: [PEOPLE, PEOPLE, PEOPLE],
      })),
      total_exposures: { control: PEOPLE, test: PEOPLE },
      date_range: { date_from: '2026-01-01T00:00:00.000Z', date_to: '2026-01-03T00:01:00.000Z' },
      sample_ratio_mismatch: { expected: { control: PEOPLE, test: PEOPLE }, p_value: 1 },
      bias_risk: null,
    });
  });

  it('may be asked again where events cannot be read now', async () => {
    const query: Warehouse['query'] = () => Promise.reject(unavailable('busy'));
    const other = await experimentStage({ warehouse: { query } });
    const { id } = await other.create({ start_date: '2026-01-01' });
    const body = { query: { kind: 'ExperimentExposureQuery', experiment_id: id } };
    const answer = await other.owner.post(other.at('query'), body);

    expect(answer).toMatchObject({ status: 503, body: { type: 'server_error' } });
    await other.app.close();
  });
});

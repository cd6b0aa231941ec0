import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
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
/** Held back until a test lets it go on. */
let gate: Promise<void> = Promise.resolve();

const later: Warehouse = {
  query: async (question) => {
    await gate;
    return tools.warehouse.query(question);
  },
};
const DAY = 86_400_000;
const PEOPLE = 60;
const uuid = 'the-metric';

/** Everybody is exposed at the start, and pays once on the second day. */
const happenings = (start: number): readonly Happening[] =>
  ['control', 'test'].flatMap((variant, arm) =>
    Array.from({ length: PEOPLE }, (_, person) => {
      const id = `${variant}-${person}`;
      const flag = { $feature_flag: 'days', $feature_flag_response: variant };
      const amount = 1 + arm + (person % 2);
      return [
        { uuid: `${id}-f`, event: '$feature_flag_called', id, ts: start + 1_000, properties: flag },
        { uuid: `${id}-p`, event: 'paid', id, ts: start + DAY + 1_000, properties: { amount } },
      ];
    }).flat(),
  );

const source = { kind: 'EventsNode', event: 'paid', math: 'sum', math_property: 'amount' };

beforeAll(async () => {
  stage = await experimentStage({ warehouse: later });
  tools = warehouseTools(stage.app.platform.blobs);
  const metrics = [meanOf('paid', { source, uuid })];
  experiment = await stage.create({ feature_flag_key: 'days', metrics });
  experiment = await stage.steps(experiment.id, 'launch');
  await tools.store(stage.project, happenings(stage.app.clock.now()), 'a');
  stage.app.clock.advance(2.5 * DAY);
});
afterAll(async () => {
  await stage.close();
  await tools.close();
});

const recalculate = (body: object, id: number = experiment.id) =>
  stage.call('POST', `/${id}/recalculate_timeseries/`, body);
const series = (query: string, id: number = experiment.id) =>
  stage.call('GET', `/${id}/timeseries_results?${query}`);
const wholeQuery = (fingerprint: string) => `metric_uuid=${uuid}&fingerprint=${fingerprint}`;

describe('the results of a metric day by day', () => {
  it('are none at first, then worked out in the background, once however often that is asked for', async () => {
    const [metric] = experiment.metrics;
    const { fingerprint } = metric;
    const before = must(await series(wholeQuery(fingerprint)));
    let open: () => void = () => undefined;
    gate = new Promise((resolve) => {
      open = resolve;
    });
    const first = await recalculate({ metric, fingerprint });
    const second = await recalculate({ metric, fingerprint });
    open();
    const after = await vi.waitFor(async () => {
      const found = must(await series(wholeQuery(fingerprint)));
      expect(found.recalculation_status).toBe('completed');
      return found;
    }, 10_000);
    const third = await recalculate({ metric, fingerprint });

    const days = ['2026-01-01', '2026-01-02', '2026-01-03'];
    expect(before).toEqual({
      experiment_id: experiment.id,
      metric_uuid: uuid,
      status: 'pending',
      timeseries: Object.fromEntries(days.map((day) => [day, null])),
      errors: null,
      computed_at: null,
      created_at: null,
      updated_at: null,
      recalculation_status: null,
      recalculation_created_at: null,
      formatted_results: null,
    });
    expect([first.status, second.status, third.status]).toEqual([201, 200, 201]);
    expect(first.body).toEqual({
      id: expect.any(String),
      experiment_id: experiment.id,
      metric_uuid: uuid,
      fingerprint,
      status: 'pending',
      created_at: '2026-01-03T12:00:00.000Z',
    });
    expect(second.body.id).toBe(first.body.id);
    expect(third.body.id).not.toBe(first.body.id);
    expect(after).toMatchObject({ status: 'completed', computed_at: first.body.created_at });
    expect(Object.keys(after.timeseries)).toEqual(days);
    const sums = Object.values<Json>(after.timeseries).map(({ baseline, variant_results }) => [
      baseline.sum,
      variant_results[0].sum,
    ]);
    expect(sums).toEqual([
      [0, 0],
      [90, 150],
      [90, 150],
    ]);
    expect(after.timeseries['2026-01-03'].variant_results[0]).toMatchObject({
      method: 'bayesian',
      significant: true,
    });
    await vi.waitFor(async () => {
      const { recalculation_status } = must(await series(wholeQuery(fingerprint)));
      expect(recalculation_status).toBe('completed');
    }, 10_000);
  });

  it.each<[object, string | RegExp, string]>([
    [{ fingerprint: 'x' }, 'metric is required', 'metric'],
    [{ metric: 'x', fingerprint: 'x' }, 'metric is required', 'metric'],
    [{ metric: meanOf('a') }, /^fingerprint is required/, 'fingerprint'],
    [{ metric: meanOf('a'), fingerprint: '' }, /^fingerprint is required/, 'fingerprint'],
    [{ metric: meanOf('a'), fingerprint: 'a#b' }, /^fingerprint is required/, 'fingerprint'],
    [{ metric: { kind: 'x' }, fingerprint: 'x' }, /ExperimentMetric/, 'metric'],
  ])('are not worked out anew for %j', async (body, detail, attr) => {
    const text = detail instanceof RegExp ? expect.stringMatching(detail) : detail;

    expect(await recalculate(body)).toMatchObject(refusal(text, attr));
  });

  it.each([
    ['fingerprint=x', /^metric_uuid is required/, 'metric_uuid'],
    ['metric_uuid=x', /^fingerprint is required/, 'fingerprint'],
  ])('are not told by %s alone', async (query, detail, attr) => {
    expect(await series(query)).toMatchObject(refusal(expect.stringMatching(detail), attr));
  });

  it('are none of a draft, nor of what is not there', async () => {
    const { id } = await stage.create();
    const body = { metric: meanOf('a'), fingerprint: 'x' };
    const query = 'metric_uuid=x&fingerprint=x';
    const [made, told, gone] = await Promise.all([
      recalculate(body, id),
      series(query, id),
      series(query, 4_711),
    ]);

    const text = "Cannot recalculate timeseries for experiment that hasn't started";
    expect(made).toMatchObject(refusal(text));
    expect(told).toMatchObject(refusal('Experiment has not been started yet'));
    expect(gone.status).toBe(404);
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { noteNames } from '#domain/events/names.ts';
import type { Json } from '../../support/app.ts';
import {
  type ExperimentStage,
  experimentStage,
  meanOf,
  must,
  refusal,
} from './experiment-stage.ts';

let stage: ExperimentStage;
let saved: Json;
const saveMetric = async (name: string, query: object) =>
  must(await stage.owner.post(stage.at('experiment_saved_metrics'), { name, query }));
beforeAll(async () => {
  stage = await experimentStage();
  saved = await saveMetric('Revenue', meanOf('paid'));
});
afterAll(() => stage.close());

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const uuidsOf = (metrics: readonly Json[]) => metrics.map(({ uuid }) => uuid);
const LEGACY =
  /^Invalid metric at index 0: legacy metric kind 'ExperimentTrendsQuery' is no longer/;
const M = 'metrics';
const S = 'saved_metrics_ids';

describe('metrics', () => {
  it('get ids and fingerprints, in the order in which they came', async () => {
    const made = await stage.create({
      metrics: [meanOf('a'), meanOf('b', { uuid: 'own' })],
      metrics_secondary: [meanOf('c')],
    });

    expect(made.metrics[0].uuid).toMatch(UUID);
    expect(made.metrics[1].uuid).toBe('own');
    expect(made.primary_metrics_ordered_uuids).toEqual(uuidsOf(made.metrics));
    expect(made.secondary_metrics_ordered_uuids).toEqual(uuidsOf(made.metrics_secondary));
    for (const metric of [...made.metrics, ...made.metrics_secondary]) {
      expect(metric.fingerprint).toEqual(expect.any(String));
    }
  });

  it('that have the id of another, even of a saved one, get their own', async () => {
    const made = await stage.create({
      metrics: [meanOf('a', { uuid: 'x' }), meanOf('b', { uuid: 'x' })],
      metrics_secondary: [meanOf('c', { uuid: 'x' }), meanOf('d', { uuid: saved.query.uuid })],
      saved_metrics_ids: [{ id: saved.id }],
    });
    const own = uuidsOf([...made.metrics, ...made.metrics_secondary]);

    expect(own[0]).toBe('x');
    expect(own.slice(1).every((uuid) => UUID.test(uuid))).toBe(true);
    expect(new Set([...own, saved.query.uuid]).size).toBe(5);
    expect(made.primary_metrics_ordered_uuids).toEqual([
      ...uuidsOf(made.metrics),
      saved.query.uuid,
    ]);
  });

  it('that come and go do so in the order as well', async () => {
    const { id } = await stage.create({
      metrics: ['1', '2', '3'].map((uuid) => meanOf('a', { uuid })),
      primary_metrics_ordered_uuids: ['3', '1', '2', 'gone'],
    });
    const metrics = ['4', '3', '2'].map((uuid) => meanOf('a', { uuid }));
    const { body: changed } = await stage.patch(id, { metrics });
    const { body: reordered } = await stage.patch(id, {
      primary_metrics_ordered_uuids: ['2', '3', '4', '2'],
    });
    const { body: emptied } = await stage.patch(id, { metrics: [] });

    expect(changed.primary_metrics_ordered_uuids).toEqual(['3', '2', '4']);
    expect(reordered.primary_metrics_ordered_uuids).toEqual(['2', '3', '4']);
    expect(emptied.primary_metrics_ordered_uuids).toEqual([]);
  });

  it('keep their fingerprint as long as their result is the same', async () => {
    const made = await stage.create({ metrics: [meanOf('a')] });
    const print = async (fields: object) =>
      must(await stage.patch(made.id, fields)).metrics[0].fingerprint;
    const first = made.metrics[0].fingerprint;
    const renamed = await print({ name: 'Other', description: 'x' });
    const other = await print({ stats_config: { method: 'frequentist' } });
    const again = await print({ stats_config: { method: 'bayesian' } });

    expect([renamed, again]).toEqual([first, first]);
    expect(other).not.toBe(first);
  });

  it.each<[unknown, unknown]>([
    ['x', 'Metrics must be a list'],
    [{ a: 1 }, 'Metrics must be a list'],
    [['x'], 'Invalid metric at index 0: must be a dict'],
    [[meanOf('a'), 1], 'Invalid metric at index 1: must be a dict'],
    [[{ kind: 'ExperimentTrendsQuery' }], expect.stringMatching(LEGACY)],
    [[{}], "Invalid metric at index 0: metric kind must be 'ExperimentMetric'"],
    [
      [meanOf('a', { source: { kind: 'ActionsNode', id: 7 } })],
      expect.stringMatching(/^Action\(s\) \['7'\] not found/),
    ],
  ])('that are %j are refused', async (metrics, detail) => {
    const fields = { name: 'x', feature_flag_key: 'never' };
    const first = await stage.call('POST', '/', { ...fields, metrics });
    const second = await stage.call('POST', '/', { ...fields, metrics_secondary: metrics });

    expect(first).toMatchObject(refusal(detail, M));
    expect(second).toMatchObject(refusal(detail, 'metrics_secondary'));
  });

  it.each(['primary', 'secondary'])('in the %s list want their whole order', async (list) => {
    const attr = `${list}_metrics_ordered_uuids`;
    const metrics = [meanOf('a', { uuid: '1' }), meanOf('b', { uuid: '2' })];
    const made = await stage.create({ [list === 'primary' ? M : 'metrics_secondary']: metrics });
    const part = await stage.patch(made.id, { [attr]: ['1'] });
    const none = await stage.patch(made.id, { [attr]: null });

    const missing = new RegExp(`^${attr} is missing UUIDs: \\['2'\\]`);
    expect(part).toMatchObject(refusal(expect.stringMatching(missing), attr));
    expect(none).toMatchObject(refusal(expect.stringMatching(`^${attr} is null but`), attr));
  });

  it('that have no id yet need no place in an order', async () => {
    const { metrics, primary_metrics_ordered_uuids: order } = await stage.create({
      metrics: [meanOf('a'), meanOf('b', { uuid: 'b' })],
      primary_metrics_ordered_uuids: ['b'],
    });

    expect(order).toEqual(['b', metrics[0].uuid]);
  });
});

describe('saved metrics', () => {
  it('are linked, in the list that their metadata name', async () => {
    const other = await saveMetric('Refunds', meanOf('refunded'));
    const made = await stage.create({
      saved_metrics_ids: [
        { id: saved.id },
        { id: other.id, metadata: { type: 'secondary', note: 'x' } },
      ],
    });

    expect(made.saved_metrics).toEqual([
      {
        id: expect.any(Number),
        experiment: made.id,
        saved_metric: saved.id,
        metadata: { type: 'primary' },
        created_at: expect.any(String),
        query: { ...saved.query, fingerprint: expect.any(String) },
        name: 'Revenue',
      },
      expect.objectContaining({
        saved_metric: other.id,
        metadata: { type: 'secondary', note: 'x' },
      }),
    ]);
    expect(made.primary_metrics_ordered_uuids).toEqual([saved.query.uuid]);
    expect(made.secondary_metrics_ordered_uuids).toEqual([other.query.uuid]);
  });

  it('stay linked as they are where they are named again, and go where they are not', async () => {
    const other = await saveMetric('More', meanOf('more'));
    const { id, saved_metrics: before } = await stage.create({
      saved_metrics_ids: [{ id: saved.id }],
    });
    const both = [{ id: other.id }, { id: saved.id, metadata: { type: 'secondary' } }];
    const { body: two } = await stage.patch(id, { saved_metrics_ids: both });
    const { body: one } = await stage.patch(id, { saved_metrics_ids: [{ id: other.id }] });
    const { body: none } = await stage.patch(id, { saved_metrics_ids: [] });

    expect(two.saved_metrics[1]).toMatchObject({
      id: before[0].id,
      metadata: { type: 'secondary' },
    });
    expect(one.saved_metrics).toEqual([two.saved_metrics[0]]);
    expect(one.secondary_metrics_ordered_uuids).toEqual([]);
    expect(none.saved_metrics).toEqual([]);
  });

  it.each<[unknown, string]>([
    ['x', 'Saved metrics must be a list'],
    [{ id: 1 }, 'Saved metrics must be a list'],
    [[1], 'Saved metric must be an object'],
    [[{}], 'Saved metric must have an id'],
    [[{ id: 1, metadata: 'x' }], 'Metadata must be an object'],
    [[{ id: 1, metadata: {} }], 'Metadata must have a type key'],
    [[{ id: 99 }], 'Saved metric does not exist or does not belong to this project'],
  ])('that are %j are refused', async (saved_metrics_ids, detail) => {
    const { id } = await stage.create();
    const body = { name: 'x', feature_flag_key: 'never', saved_metrics_ids };
    const made = await stage.call('POST', '/', body);
    const changed = await stage.patch(id, { saved_metrics_ids });

    expect(made).toMatchObject(refusal(detail, S));
    expect(changed).toMatchObject(refusal(detail, S));
  });

  it('of another project are as if they were not there', async () => {
    const group = await stage.app.newGroup(stage.owner);
    const path = `/api/projects/${group.id}/experiments`;
    const body = { name: 'x', feature_flag_key: 'y', saved_metrics_ids: [{ id: saved.id }] };

    expect(await stage.owner.post(path, body)).toMatchObject(
      refusal('Saved metric does not exist or does not belong to this project', S),
    );
  });
});

describe('events that metrics count', () => {
  const UNKNOWN = /^Event\(s\) 'nowhere' not found\. /;
  const nowhere = { metrics: [meanOf('seen'), meanOf('nowhere')] };

  it('are known once some have come in, unless that is no matter', async () => {
    const group = await stage.app.newGroup(stage.owner);
    const at = (path: string) => `/api/projects/${group.id}/experiments${path}`;
    const create = (key: string, more: object) =>
      stage.owner.post(at(''), { name: key, feature_flag_key: key, ...more });
    const lacking = async () => must(await stage.owner.get(at('/requires_flag_implementation')));
    const before = await create('before', nowhere);
    const lacks = await lacking();
    const names = new Set(['seen', '$feature_flag_called']);
    await noteNames(stage.app.system, group.id, names);
    stage.app.clock.advance(60_000);
    const refused = await create('refused', nowhere);
    const allowed = await create('allowed', { ...nowhere, allow_unknown_events: true });
    const known = await create('known', { metrics: [meanOf('seen')] });
    const renamed = await stage.owner.call('PATCH', at(`/${before.body.id}`), { name: 'x' });

    expect([before.status, allowed.status, known.status, renamed.status]).toEqual([
      201, 201, 201, 200,
    ]);
    expect(refused).toMatchObject(refusal(expect.stringMatching(UNKNOWN), M));
    expect([lacks, await lacking()]).toEqual([{ result: true }, { result: false }]);
  });
});

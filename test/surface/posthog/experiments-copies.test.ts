import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { collectionKeys, commitRows, newRow, type Row } from '#domain/projects/index.ts';
import type { Item } from '#kernel/table.ts';
import type { Json, TestUser } from '../../support/app.ts';
import {
  type ExperimentStage,
  experimentStage,
  meanOf,
  must,
  refusal,
} from './experiment-stage.ts';

let stage: ExperimentStage;
let saved: Json;
beforeAll(async () => {
  stage = await experimentStage();
  saved = must(
    await stage.owner.post(stage.at('experiment_saved_metrics'), {
      name: 'Revenue',
      query: meanOf('paid'),
    }),
  );
});
afterAll(() => stage.close());

const variants = (...keys: readonly string[]) => ({
  feature_flag_variants: keys.map((key, index) => ({
    key,
    rollout_percentage: index === 0 ? 100 : 0,
  })),
});
const keysOf = ({ parameters }: Json) =>
  parameters.feature_flag_variants.map(({ key }: Json) => key);
const duplicate = (id: number, body: object = {}) => stage.call('POST', `/${id}/duplicate/`, body);

describe('a duplicate', () => {
  it('is a draft of the same flag, whose metrics have new ids in the same order', async () => {
    const source = await stage.create({
      name: 'Button',
      metrics: [meanOf('a'), meanOf('b')],
      metrics_secondary: [meanOf('c')],
      saved_metrics_ids: [{ id: saved.id, metadata: { type: 'secondary' } }],
      conclusion: 'won',
    });
    const { body: reordered } = await stage.patch(source.id, {
      primary_metrics_ordered_uuids: [...source.primary_metrics_ordered_uuids].reverse(),
    });
    await stage.steps(source.id, 'launch', 'end', 'archive');
    const { status, body: copy } = await duplicate(source.id);

    expect(status).toBe(201);
    expect(copy).toMatchObject({ name: 'Button (Copy)', status: 'draft', conclusion: null });
    expect(copy).toMatchObject({ archived: false, start_date: null, end_date: null });
    expect(copy.feature_flag).toMatchObject({ id: source.feature_flag.id });
    expect(copy.metrics.map(({ source: { event } }: Json) => event)).toEqual(['a', 'b']);
    const [a, b] = copy.metrics.map(({ uuid }: Json) => uuid);
    expect(reordered.primary_metrics_ordered_uuids).not.toContain(a);
    expect(copy.primary_metrics_ordered_uuids).toEqual([b, a]);
    expect(copy.secondary_metrics_ordered_uuids).toEqual([
      copy.metrics_secondary[0].uuid,
      saved.query.uuid,
    ]);
    expect(copy.saved_metrics).toMatchObject([{ saved_metric: saved.id, experiment: copy.id }]);
    expect(copy.saved_metrics[0].id).not.toBe(reordered.saved_metrics[0].id);
  });

  it('is called what nobody else is called', async () => {
    const { id } = await stage.create({ name: 'Menu' });
    const names = [];
    for (let time = 0; time < 3; time += 1) names.push((await duplicate(id)).body.name);
    const named = await duplicate(id, { name: 'Menu (Copy)' });

    expect(names).toEqual(['Menu (Copy)', 'Menu (Copy) 1', 'Menu (Copy) 2']);
    expect(named.body.name).toBe('Menu (Copy)');
  });

  it('has the variants of another flag, if there is one of the key, else makes it', async () => {
    const source = await stage.create({ parameters: variants('control', 'a') });
    const other = await stage.create({ parameters: variants('control', 'x', 'y') });
    const key = other.feature_flag_key;
    const { body: linked } = await duplicate(source.id, { feature_flag_key: key });
    const { body: fresh } = await duplicate(source.id, { feature_flag_key: 'fresh' });

    expect([linked.feature_flag.id, keysOf(linked)]).toEqual([
      other.feature_flag.id,
      ['control', 'x', 'y'],
    ]);
    expect(keysOf(fresh)).toEqual(['control', 'a']);
    expect(fresh.feature_flag).toMatchObject({ key: 'fresh', active: false });
  });
});

describe('a copy in another project', () => {
  let other: { id: number; name: string };
  let guest: TestUser;
  const copy = (id: number, body: object) => stage.call('POST', `/${id}/copy_to_project/`, body);
  beforeAll(async () => {
    other = await stage.app.newGroup(stage.owner);
    guest = await stage.app.newUser();
    await stage.app.join(guest, { id: stage.project, name: 'a' }, { read: true, write: true });
  });

  it('is a draft with a flag of its own and without saved metrics', async () => {
    const source = await stage.create({
      metrics: [meanOf('a')],
      saved_metrics_ids: [{ id: saved.id }],
      parameters: variants('control', 'a'),
      start_date: '2026-01-01',
    });
    const { status, body } = await copy(source.id, { target_team_id: other.id });
    const there = must(await stage.owner.get(`/api/projects/${other.id}/experiments/${body.id}`));

    expect(status).toBe(201);
    expect(there).toEqual(body);
    expect(body).toMatchObject({ name: source.name, status: 'draft', saved_metrics: [] });
    expect(body.primary_metrics_ordered_uuids).toEqual([body.metrics[0].uuid]);
    expect(body.feature_flag).toMatchObject({ team_id: other.id, key: source.feature_flag_key });
    expect(body.feature_flag.active).toBe(false);
    expect(keysOf(body)).toEqual(['control', 'a']);
  });

  it('has the name and key that are wished', async () => {
    const { id } = await stage.create();
    const wishes = { name: 'Mine', feature_flag_key: 'mine' };
    const { body } = await copy(id, { target_team_id: other.id, ...wishes });

    expect(body).toMatchObject(wishes);
  });

  it.each<[string, Partial<Record<'read' | 'write', boolean>> | undefined, number, string]>([
    ['that the caller is not in', undefined, 404, 'Target team not found.'],
    [
      'where it may only read',
      { read: true },
      403,
      'You do not have write access to the target project.',
    ],
  ])('is not made in one %s', async (_, flags, status, detail) => {
    const { id } = await stage.create();
    if (flags !== undefined) await stage.app.join(guest, other, flags);
    const path = stage.at(`experiments/${id}/copy_to_project`);
    const answer = await guest.post(path, { target_team_id: other.id });

    expect([answer.status, answer.body]).toEqual([status, { detail }]);
  });

  it('wants to know where', async () => {
    const { id } = await stage.create();

    expect(await copy(id, {})).toMatchObject(
      refusal('This field is required.', 'target_team_id', 'required'),
    );
  });
});

describe('an experiment from before there were metrics of its own', () => {
  let legacy: number;
  beforeAll(async () => {
    const { system } = stage.app;
    const source = await stage.create({ start_date: '2026-01-02' });
    const row = await newRow(system, 'experiment', stage.project);
    const { table } = stage.app.platform;
    const item = await table.get(collectionKeys.row('experiment', stage.project, source.id));
    expect(item).toMatchObject({ name: source.name });
    const { pk: _pk, sk: _sk, type: _type, ...fields } = item as Item;
    const metrics = [{ kind: 'ExperimentTrendsQuery', uuid: 'old' }];
    const after = { ...fields, ...row, metrics } as Row;
    await commitRows(system, [{ name: 'experiment', after }]);
    legacy = row.id;
  });

  it('is not copied', async () => {
    const detail = 'Duplication is not supported for experiments using legacy metrics.';
    const answer = await duplicate(legacy);

    expect([answer.status, answer.body]).toEqual([400, { detail }]);
  });

  it('can be named, ended and removed, and nothing else', async () => {
    const { feature_flag_key } = await stage.get(`experiments/${legacy}`);
    const named = await stage.patch(legacy, { name: 'N', description: 'd', feature_flag_key });
    const more = await stage.patch(legacy, { name: 'N', metrics: [] });
    const early = await stage.patch(legacy, { end_date: '2026-01-01' });
    const ended = await stage.patch(legacy, { end_date: '2026-01-03' });
    const removed = await stage.patch(legacy, { deleted: true });

    expect(named.body).toMatchObject({ name: 'N', description: 'd' });
    expect(more).toMatchObject(refusal(expect.stringMatching(/legacy metrics/)));
    expect(early).toMatchObject(refusal('End date must be after start date'));
    expect([ended.status, removed.status]).toEqual([200, 200]);
  });
});

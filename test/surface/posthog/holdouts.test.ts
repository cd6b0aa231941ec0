import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Json } from '../../support/app.ts';
import { type ExperimentStage, experimentStage, must, refusal } from './experiment-stage.ts';

let stage: ExperimentStage;
beforeAll(async () => {
  stage = await experimentStage();
});
afterAll(() => stage.close());

const at = (path = '') => stage.at(`experiment_holdouts${path}`);
const share = (rollout_percentage: number) => ({ filters: [{ rollout_percentage }] });
const create = async (fields: object = {}): Promise<Json> =>
  must(await stage.owner.post(at('/'), { name: 'Few', ...share(10), ...fields }));
const holdoutOf = ({ feature_flag: { filters } }: Json) => filters.holdout;

describe('a holdout', () => {
  it('holds a share of people out', async () => {
    const filters = [{ properties: [], rollout_percentage: 10 }];
    const made = await stage.owner.post(at('/'), {
      name: ' Few ',
      description: 'x',
      filters,
      y: 1,
    });

    expect(made.status).toBe(201);
    expect(made.body).toEqual({
      id: expect.any(Number),
      name: 'Few',
      description: 'x',
      filters: [{ ...filters[0], variant: `holdout-${made.body.id}` }],
      created_by: expect.objectContaining({ id: stage.owner.id }),
      created_at: expect.any(String),
      updated_at: expect.any(String),
    });
    expect((await stage.owner.get(at(`/${made.body.id}/`))).body).toEqual(made.body);
  });

  it('is listed with others, the newest first, page by page', async () => {
    const [first, second] = [await create(), await create()];
    const all = must(await stage.owner.get(at()));
    const page = must(await stage.owner.get(at('?limit=1&offset=1')));

    expect(all.results.slice(0, 2)).toEqual([second, first]);
    expect(all).toMatchObject({ count: all.results.length, next: null, previous: null });
    expect(page).toMatchObject({ count: all.count, results: [first] });
  });

  it('is in the flag of whatever names it, and out again', async () => {
    const { id } = await create(share(7.5));
    const flagged = { id, exclusion_percentage: 7.5 };
    const made = await stage.create({ holdout_id: id });
    const later = await stage.create();
    const { body: joined } = await stage.patch(later.id, { holdout_id: id });
    const { body: freed } = await stage.patch(later.id, { holdout_id: null });

    expect([holdoutOf(made), holdoutOf(joined), holdoutOf(freed)]).toEqual([
      flagged,
      flagged,
      null,
    ]);
    expect(made.holdout).toMatchObject({ id, name: 'Few' });
    expect([made.holdout_id, joined.holdout_id, freed.holdout_id]).toEqual([id, id, null]);
  });

  it.each(['PATCH', 'PUT'])('changes by %s, and the flags of all that name it', async (method) => {
    const { id } = await create();
    const linked = await Promise.all([1, 2, 3].map(() => stage.create({ holdout_id: id })));
    const other = await stage.create();
    const { status, body } = await stage.owner.call(method, at(`/${id}`), {
      name: 'More',
      ...share(20),
    });
    const flags = await Promise.all([...linked, other].map(stage.flagOf));

    expect(status).toBe(200);
    expect(body).toMatchObject({
      name: 'More',
      filters: [{ rollout_percentage: 20, variant: `holdout-${id}` }],
    });
    const wanted = { id, exclusion_percentage: 20 };
    expect(flags.map(({ filters }) => filters.holdout)).toEqual([wanted, wanted, wanted, null]);
    expect(flags.map(({ version }) => version)).toEqual([2, 2, 2, 1]);
  });

  it('that changes its name leaves flags alone', async () => {
    const { id } = await create();
    const linked = await stage.create({ holdout_id: id });
    await stage.owner.call('PATCH', at(`/${id}`), { name: 'Other' });

    expect(await stage.flagOf(linked)).toEqual(linked.feature_flag);
  });

  it('of more experiments than one transaction holds reaches every flag, and is removed', async () => {
    const { id } = await create();
    const linked: Json[] = [];
    for (let made = 0; made < 60; made += 1) linked.push(await stage.create({ holdout_id: id }));
    must(await stage.owner.call('PATCH', at(`/${id}`), share(33)));
    const page = await stage.get(`experiments?holdout_id=${id}&limit=1000`);
    const removed = await stage.owner.delete(at(`/${id}`));
    const after = await Promise.all(linked.map(({ id: each }) => stage.get(`experiments/${each}`)));

    expect(page.results.map((each: Json) => holdoutOf(each).exclusion_percentage)).toEqual(
      linked.map(() => 33),
    );
    expect([removed.status, removed.text]).toEqual([204, '']);
    expect(new Set(after.map(holdoutOf))).toEqual(new Set([null]));
    expect(new Set(after.map(({ holdout_id }) => holdout_id))).toEqual(new Set([null]));
  });

  it('is gone once it is removed', async () => {
    const { id } = await create();
    const first = await stage.owner.delete(at(`/${id}`));
    const answers = [
      await stage.owner.get(at(`/${id}`)),
      await stage.owner.delete(at(`/${id}`)),
      await stage.owner.call('PATCH', at(`/${id}`), { name: 'x' }),
    ];
    const named = await stage.call('POST', '/', {
      name: 'x',
      feature_flag_key: 'x',
      holdout_id: id,
    });

    expect(first.status).toBe(204);
    expect(answers.map(({ status }) => status)).toEqual([404, 404, 404]);
    expect(named).toMatchObject(
      refusal(`Invalid pk "${id}" - object does not exist.`, 'holdout_id', 'does_not_exist'),
    );
  });

  it('keeps its share in experiments that are made while it changes', async () => {
    const { id } = await create(share(1));
    const [, ...made] = await Promise.all([
      stage.owner.call('PATCH', at(`/${id}`), share(2)),
      ...Array.from({ length: 8 }, () => stage.create({ holdout_id: id })),
    ]);
    const flags = await Promise.all(made.map(stage.flagOf));

    const wanted = { id, exclusion_percentage: 2 };
    expect(flags.map(({ filters }) => filters.holdout)).toEqual(made.map(() => wanted));
  });

  it('that is removed while experiments take it is nowhere', async () => {
    const { id } = await create();
    const bodies = Array.from({ length: 8 }, (_, index) => ({
      name: 'x',
      feature_flag_key: `race-${index}`,
      holdout_id: id,
    }));
    const [removed, ...answers] = await Promise.all([
      stage.owner.delete(at(`/${id}`)),
      ...bodies.map((body) => stage.call('POST', '/', body)),
    ]);
    const made = answers.filter(({ status }) => status === 201);
    const after = await Promise.all(made.map(({ body }) => stage.get(`experiments/${body.id}`)));

    expect(removed?.status).toBe(204);
    expect(after.map((each) => [each.holdout_id, holdoutOf(each)])).toEqual(
      after.map(() => [null, null]),
    );
  });
});

const NEEDED = 'Filters are required to create an holdout group';
const PRESENT = 'Rollout percentage must be present.';
const BETWEEN = 'Rollout percentage must be between 0 and 100.';

describe('a holdout is not made', () => {
  it.each<[string, object, string | RegExp, string, string?]>([
    ['without a name', { name: undefined }, 'This field is required.', 'name', 'required'],
    ['of a long name', { name: 'x'.repeat(401) }, /400 characters/, 'name', 'max_length'],
    ['of a long text', { description: 'x'.repeat(401) }, /400 char/, 'description', 'max_length'],
    ['without filters', { filters: undefined }, NEEDED, 'filters'],
    ['of no filters', { filters: [] }, NEEDED, 'filters'],
    ['of null for filters', { filters: null }, NEEDED, 'filters'],
    ['of a filter without a share', { filters: [{}] }, PRESENT, 'filters'],
    ['of null for a share', { filters: [{ rollout_percentage: null }] }, PRESENT, 'filters'],
    ['of less than nobody', share(-1), BETWEEN, 'filters'],
    ['of more than everybody', share(100.5), BETWEEN, 'filters'],
    ['of a text for a share', { filters: [{ rollout_percentage: '5' }] }, BETWEEN, 'filters'],
  ])('%s', async (_, fields, detail, attr, code) => {
    const answer = await stage.owner.post(at(), { name: 'x', ...share(1), ...fields });

    const text = detail instanceof RegExp ? expect.stringMatching(detail) : detail;
    expect(answer).toMatchObject(refusal(text, attr, code));
  });

  it('nor changed to what could not be made', async () => {
    const { id } = await create();
    const answer = await stage.owner.call('PATCH', at(`/${id}`), { filters: [{}] });

    expect(answer).toMatchObject(refusal(PRESENT, 'filters'));
  });
});

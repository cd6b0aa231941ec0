import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Json } from '../../support/app.ts';
import {
  type ExperimentStage,
  experimentStage,
  meanOf,
  must,
  refusal,
} from './experiment-stage.ts';

let stage: ExperimentStage;
beforeAll(async () => {
  stage = await experimentStage();
});
afterAll(() => stage.close());

const at = (path = '') => stage.at(`experiment_saved_metrics${path}`);
const create = async (fields: object = {}): Promise<Json> =>
  must(await stage.owner.post(at('/'), { name: 'Revenue', query: meanOf('paid'), ...fields }));

describe('a saved metric', () => {
  it('has a query with an id of its own', async () => {
    const body = {
      name: 'Revenue',
      description: 'x',
      query: meanOf('paid'),
      tags: ['b', 'a', 'b'],
    };
    const made = await stage.owner.post(at('/'), { ...body, other: 1 });

    expect(made.status).toBe(201);
    expect(made.body).toEqual({
      id: expect.any(Number),
      name: 'Revenue',
      description: 'x',
      query: { ...meanOf('paid'), uuid: expect.stringMatching(/^[0-9a-f-]{36}$/) },
      created_by: expect.objectContaining({ id: stage.owner.id }),
      created_at: expect.any(String),
      updated_at: expect.any(String),
      tags: ['a', 'b'],
      user_access_level: 'editor',
    });
    expect((await stage.owner.get(at(`/${made.body.id}/`))).body).toEqual(made.body);
  });

  it('is listed by its name, in any case', async () => {
    const group = await stage.app.newGroup(stage.owner);
    const path = `/api/projects/${group.id}/experiment_saved_metrics`;
    for (const name of ['beta', 'Alpha', 'alpha', 'Gamma']) {
      must(await stage.owner.post(path, { name, query: meanOf('x') }));
    }
    const all = must(await stage.owner.get(path));
    const page = must(await stage.owner.get(`${path}?limit=2&offset=2`));

    expect(all.results.map(({ name }: Json) => name)).toEqual(['Alpha', 'alpha', 'beta', 'Gamma']);
    expect(page).toMatchObject({ count: 4, results: all.results.slice(2) });
  });

  it.each(['PATCH', 'PUT'])('changes by %s for all that are measured by it', async (method) => {
    const { id, query } = await create();
    const linked = await stage.create({ saved_metrics_ids: [{ id }] });
    const body = { name: 'Sales', query: meanOf('sold', { uuid: 'other' }), tags: [] };
    const { body: after } = await stage.owner.call(method, at(`/${id}`), body);
    const seen = await stage.get(`experiments/${linked.id}`);

    expect(after).toMatchObject({ name: 'Sales', tags: [] });
    expect(after.query).toEqual({ ...meanOf('sold'), uuid: query.uuid });
    expect(seen.saved_metrics).toMatchObject([{ name: 'Sales', query: after.query }]);
    expect(seen.primary_metrics_ordered_uuids).toEqual([query.uuid]);
  });

  it('goes from all that are measured by it when it is removed', async () => {
    const [gone, kept] = [await create(), await create()];
    const linked: Json[] = [];
    for (let made = 0; made < 55; made += 1) {
      linked.push(
        await stage.create({
          saved_metrics_ids: [{ id: kept.id }, { id: gone.id, metadata: { type: 'secondary' } }],
        }),
      );
    }
    const removed = await stage.owner.delete(at(`/${gone.id}`));
    const after = await Promise.all(linked.map(({ id }) => stage.get(`experiments/${id}`)));

    expect([removed.status, removed.text]).toEqual([204, '']);
    for (const each of after) {
      expect(each.saved_metrics).toMatchObject([{ saved_metric: kept.id }]);
      expect(each.primary_metrics_ordered_uuids).toEqual([kept.query.uuid]);
      expect(each.secondary_metrics_ordered_uuids).toEqual([]);
    }
    expect((await stage.owner.get(at(`/${gone.id}`))).status).toBe(404);
  });

  it('goes from experiments that are too large for one transaction', async () => {
    const { id } = await create();
    const parameters = { custom_exposure_filter: { text: 'x'.repeat(240_000) } };
    const linked: Json[] = [];
    for (let made = 0; made < 20; made += 1) {
      linked.push(await stage.create({ parameters, saved_metrics_ids: [{ id }] }));
    }
    const removed = await stage.owner.delete(at(`/${id}`));

    expect(removed.status).toBe(204);
    const page = await stage.get('experiments?limit=20');
    expect(page.results.map(({ saved_metrics }: Json) => saved_metrics)).toEqual(
      linked.map(() => []),
    );
  });

  it('that is removed while experiments take it is named by none', async () => {
    const { id } = await create();
    const [removed, ...answers] = await Promise.all([
      stage.owner.delete(at(`/${id}`)),
      ...Array.from({ length: 8 }, (_, index) =>
        stage.call('POST', '/', {
          name: 'x',
          feature_flag_key: `race-${index}`,
          saved_metrics_ids: [{ id }],
        }),
      ),
    ]);
    const made = answers.filter(({ status }) => status === 201);
    const after = await Promise.all(made.map(({ body }) => stage.get(`experiments/${body.id}`)));

    expect(removed?.status).toBe(204);
    expect(after.map((each) => each.primary_metrics_ordered_uuids ?? [])).toEqual(
      after.map(() => []),
    );
  });

  it('may be read and written by what has the scope', async () => {
    const { id } = await create();
    const tokens = await Promise.all(
      [
        ['experiment:write'],
        ['experiment_saved_metric:read'],
        ['experiment_saved_metric:write'],
      ].map((scopes) => stage.owner.newToken(scopes)),
    );
    const answers = await Promise.all(
      tokens.map(async ({ token }) => {
        const client = stage.app.bearer(token);
        const read = await client.get(at(`/${id}`));
        const write = await client.call('PATCH', at(`/${id}`), {});
        return [read.status, write.status];
      }),
    );

    expect(answers).toEqual([
      [403, 403],
      [200, 403],
      [200, 200],
    ]);
  });
});

const NEEDED = 'Query is required to create a saved metric';

describe('a saved metric is not made', () => {
  it.each<[string, object, string | RegExp, string, string?]>([
    ['without a name', { name: undefined }, 'This field is required.', 'name', 'required'],
    ['of a long name', { name: 'x'.repeat(401) }, /400 characters/, 'name', 'max_length'],
    ['of a long text', { description: 'x'.repeat(401) }, /400 char/, 'description', 'max_length'],
    ['without a query', { query: undefined }, NEEDED, 'query'],
    ['of null for a query', { query: null }, NEEDED, 'query'],
    ['of an empty query', { query: {} }, NEEDED, 'query'],
    ['of another kind of query', { query: { kind: 'TrendsQuery' } }, /ExperimentMetric/, 'query'],
    ['of a number for tags', { tags: 1 }, 'Expected a list of items.', 'tags'],
    ['of a number for a tag', { tags: [1] }, 'Not a valid string.', 'tags__0'],
  ])('%s', async (_, fields, detail, attr, code) => {
    const body = { name: 'x', query: meanOf('a'), ...fields };
    const answer = await stage.owner.post(at(), body);

    const text = detail instanceof RegExp ? expect.stringMatching(detail) : detail;
    expect(answer).toMatchObject(refusal(text, attr, code));
  });
});

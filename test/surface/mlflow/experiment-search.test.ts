import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createExperiment } from '#domain/experiments/index.ts';
import { openSurface, type Surface } from './support.ts';

let api: Surface;
/** Ids by name, in the order in which they were made, a second apart. */
const ids = new Map<string, string>();

const create = async (name: string, tags: { [key: string]: string } = {}): Promise<void> => {
  api.shop.clock.advance(1_000);
  const entries = Object.entries(tags).map(([key, value]) => ({ key, value }));
  const { json } = await api.post('/experiments/create', { name, tags: entries });
  ids.set(name, json.experiment_id);
};
const search = (body: { [name: string]: unknown } = {}, as?: string) =>
  api.post('/experiments/search', body, as);
const namesOf = async (body: { [name: string]: unknown } = {}, as?: string) => {
  const { status, text, json } = await search(body, as);
  if (status !== 200) throw new Error(text);
  return (json.experiments ?? []).map(({ name }: { name: string }) => name);
};
const GATEWAY = 'tags.`mlflow.experiment.isGateway` IS NULL';

beforeAll(async () => {
  api = await openSurface();
  await create('b', { team: 'vision', ['__proto__']: 'x' });
  await create('a', { team: 'audio', 'mlflow.experiment.isGateway': 'true' });
  await create('c-%_', { team: 'Vision', long: 'y'.repeat(5_000) });
  await create(`long ${'n'.repeat(490)}z`);
  await create(`long ${'n'.repeat(490)}a`);
  await create('gone', { team: 'vision' });
  await api.post('/experiments/delete', { experiment_id: ids.get('gone') });
  await api.send(
    '/api/2.0/mlflow/experiments/create',
    {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"name":"secret of carol"}',
    },
    'carol',
  );
});
afterAll(() => api.close());

const [LONG_Z, LONG_A] = [`long ${'n'.repeat(490)}z`, `long ${'n'.repeat(490)}a`];
const NEWEST_FIRST = [LONG_A, LONG_Z, 'c-%_', 'a', 'b', 'Default', 'digits'];

describe('a search of experiments', () => {
  it('finds those that live, the newest first', async () => {
    expect(await namesOf()).toEqual(NEWEST_FIRST);
  });

  it('shows what a read shows', async () => {
    const { json } = await search({ view_type: 'ALL' });

    for (const found of json.experiments) {
      const one = await api.get(`/experiments/get?experiment_id=${found.experiment_id}`);
      expect(found).toEqual(one.json.experiment);
    }
    expect(json.experiments).toHaveLength(8);
  });

  it.each([
    ['DELETED_ONLY', ['gone']],
    [2, ['gone']],
    ['ALL', ['gone', ...NEWEST_FIRST]],
    ['3', ['gone', ...NEWEST_FIRST]],
    ['ACTIVE_ONLY', NEWEST_FIRST],
  ])('has the view %s', async (view_type, names) => {
    expect(await namesOf({ view_type })).toEqual(names);
  });

  it.each([
    ["name = 'a'", ['a']],
    ["name != 'a'", NEWEST_FIRST.filter((name) => name !== 'a')],
    ["name LIKE 'long%a'", [LONG_A]],
    [`name = '${LONG_Z}'`, [LONG_Z]],
    ["attribute.name ILIKE 'DIG%'", ['digits']],
    [GATEWAY, NEWEST_FIRST.filter((name) => name !== 'a')],
    ['tags.`mlflow.experiment.isGateway` IS NOT NULL', ['a']],
    ["tags.team = 'vision'", ['b']],
    ["tags.team ILIKE 'vision'", ['c-%_', 'b']],
    ["tag.team != 'vision'", ['c-%_', 'a']],
    ["tags.team = 'vision' AND name = 'a'", []],
    ["tags.team = 'vision' OR name = 'a'", ['a', 'b']],
    ["tags.`__proto__` = 'x'", ['b']],
    ['tags.constructor IS NOT NULL', []],
    [`tags.long = '${'y'.repeat(5_000)}'`, ['c-%_']],
    ["experiment_id = '0'", ['Default']],
    ["experiment_id IN ('0', '0-1', '999', 'x')", ['Default']],
    ["experiment_id = '0-2'", []],
    ['creation_time > 0 AND last_update_time >= 0', NEWEST_FIRST],
    ['creation_time < 0', []],
    ["tags.`assay.experiment` LIKE '/api/v1/%'", ['digits']],
  ])('fits %s', async (filter, names) => {
    expect(await namesOf({ filter })).toEqual(names);
  });

  it('compares ids and times with those of experiments', async () => {
    const id = ids.get('b') ?? '';
    const { json } = await api.get(`/experiments/get?experiment_id=${id}`);
    const { creation_time: time } = json.experiment;

    expect(await namesOf({ filter: `experiment_id IN ('${id}')` })).toEqual(['b']);
    expect(await namesOf({ filter: `experiment_id NOT IN ('${id}', '0')` })).not.toContain('b');
    expect(await namesOf({ filter: `creation_time = ${time}` })).toEqual(['b']);
    expect(await namesOf({ filter: `creation_time <= ${time}` })).toEqual([
      'b',
      'Default',
      'digits',
    ]);
  });

  it.each([
    [['name ASC'], ['Default', 'a', 'b', 'c-%_', 'digits', LONG_A, LONG_Z]],
    [['name DESC'], [LONG_Z, LONG_A, 'digits', 'c-%_', 'b', 'a', 'Default']],
    [['attribute.creation_time'], NEWEST_FIRST.toReversed()],
    [['experiment_id'], ['Default', 'digits', 'b', 'a', 'c-%_', LONG_Z, LONG_A]],
    [['last_update_time DESC'], NEWEST_FIRST],
  ])('is ordered by %j', async (order_by, names) => {
    const found = await namesOf({ order_by });

    // The group and its first experiment are as old as each other.
    const first = (list: string[]) => list.filter((name) => !['digits', 'Default'].includes(name));
    expect(first(found)).toEqual(first(names));
    if (!JSON.stringify(order_by).includes('time')) expect(found).toEqual(names);
  });

  it.each([1, 2, 3, 100])('comes in pages of %i', async (max_results) => {
    for (const order_by of [[], ['name DESC'], ['creation_time'], ['experiment_id']]) {
      const whole = await namesOf({ order_by, view_type: 'ALL' });
      const found: string[] = [];
      let page_token: string | undefined;
      do {
        const body = { order_by, view_type: 'ALL', max_results, page_token };
        const { json } = await search(body);
        expect(json.experiments.length).toBeLessThanOrEqual(max_results);
        found.push(...json.experiments.map(({ name }: { name: string }) => name));
        page_token = json.next_page_token;
      } while (page_token !== undefined);
      expect(found).toEqual(whole);
    }
  });

  it('goes on from a place, not from a number, where others come and go meanwhile', async () => {
    const first = await search({ max_results: 3, order_by: ['creation_time DESC'] });
    await create('new meanwhile');
    const body = { max_results: 3, order_by: ['creation_time DESC'] };
    const second = await search({ ...body, page_token: first.json.next_page_token });

    const names = [first, second].flatMap(({ json }) =>
      json.experiments.map(({ name }: { name: string }) => name),
    );
    expect(names.slice(0, 5)).toEqual(NEWEST_FIRST.slice(0, 5));
    await api.post('/experiments/delete', { experiment_id: ids.get('new meanwhile') });
    await api.post('/experiments/update', {
      experiment_id: ids.get('gone'),
      new_name: 'not renamed',
    });
  });

  it.each([
    { max_results: 0 },
    { max_results: -1 },
    { max_results: 50_001 },
    { max_results: 'x' },
    { view_type: 'NONE' },
    { view_type: 4 },
    { filter: "name > 'a'" },
    { filter: "lifecycle = 'x'" },
    { filter: 'metrics.a > 1' },
    { filter: 'creation_time = 1.5' },
    { filter: 'name IS NULL' },
    { filter: 'name = ' },
    { order_by: ['tags.team'] },
    { order_by: ['name', 'name'] },
    { order_by: ['name SIDEWAYS'] },
    { page_token: 'x' },
    { page_token: '\ud800' },
  ])('is refused: %j', async (body) => {
    const { status, json } = await search(body);

    expect([status, json.error_code]).toEqual([400, 'INVALID_PARAMETER_VALUE']);
  });

  it('takes no token of another search', async () => {
    const { json } = await search({ max_results: 1 });
    const other = await search({
      max_results: 1,
      filter: GATEWAY,
      page_token: json.next_page_token,
    });

    expect(other.status).toBe(400);
  });

  it('is a GET as well, as the web UI sends it', async () => {
    const query = new URLSearchParams({
      max_results: '2',
      order_by: 'last_update_time DESC',
      filter: GATEWAY,
      view_type: 'ACTIVE_ONLY',
    });
    const path = `/ajax-api/2.0/mlflow/experiments/search?${query}`;
    const { json } = await api.send(path);
    const next = await api.send(`${path}&page_token=${json.next_page_token}`);

    expect(json.experiments.map(({ name }: { name: string }) => name)).toEqual([LONG_A, LONG_Z]);
    expect(next.json.experiments.map(({ name }: { name: string }) => name)).toEqual(['c-%_', 'b']);
  });

  it('sees what was written just before', async () => {
    await create('fresh');
    const id = ids.get('fresh');
    const filter = "tags.state = 'new'";
    const before = await namesOf({ filter });
    await api.post('/experiments/set-experiment-tag', {
      experiment_id: id,
      key: 'state',
      value: 'new',
    });
    const tagged = await namesOf({ filter });
    await api.post('/experiments/update', { experiment_id: id, new_name: 'fresher' });
    const renamed = await namesOf({ filter });
    await api.post('/experiments/delete-experiment-tag', { experiment_id: id, key: 'state' });
    const untagged = await namesOf({ filter });
    await api.post('/experiments/delete', { experiment_id: id });
    const deleted = await namesOf({ filter: "name = 'fresher'" });
    await api.post('/experiments/restore', { experiment_id: id });
    const restored = await namesOf({ filter: "name = 'fresher'" });
    await api.post('/experiments/delete', { experiment_id: id });

    expect([before, tagged, renamed, untagged, deleted, restored]).toEqual([
      [],
      ['fresh'],
      ['fresher'],
      [],
      [],
      ['fresher'],
    ]);
  });

  it('shows each caller their groups only', async () => {
    expect(await namesOf({}, 'carol')).toEqual(['secret of carol', 'Default']);
    expect(await namesOf({ filter: "name LIKE 'secret%'" }, 'bob')).toEqual([]);
  });
});

describe("Dioptra's experiments", () => {
  let id: string;
  beforeEach(async () => {
    const made = await createExperiment(api.shop.alice, {
      name: `of Dioptra ${ids.size}`,
      description: `What it is about. ${'x'.repeat(1_000)}`,
      groupId: 1,
      entrypoints: [],
    });
    id = String(made.id);
    ids.set(made.data.name, id);
  });

  it('have their description as a note and a link, until a client says otherwise', async () => {
    const tagsOf = async () => {
      const { json } = await search({ filter: `experiment_id = '${id}'` });
      const one = await api.get(`/experiments/get?experiment_id=${id}`);
      expect(json.experiments).toEqual([one.json.experiment]);
      return new Map(json.experiments[0].tags.map((tag: typeof json) => [tag.key, tag.value]));
    };
    const before = await tagsOf();
    const tag = { experiment_id: id, key: 'mlflow.note.content', value: 'mine' };
    await api.post('/experiments/set-experiment-tag', tag);

    expect(before).toEqual(
      new Map([
        ['assay.experiment', `/api/v1/experiments/${id}`],
        ['mlflow.note.content', `What it is about. ${'x'.repeat(1_000)}`],
      ]),
    );
    expect((await tagsOf()).get('mlflow.note.content')).toBe('mine');
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ok, openRegistry, queryOf, type Registry } from './support.ts';

let api: Registry;
const PROMPT = { key: 'mlflow.prompt.is_prompt', value: 'true' };
const RUN = 'a'.repeat(32);
beforeAll(async () => {
  api = await openRegistry();
  for (const [name, team] of [
    ['gamma', 'x'],
    ['alpha', 'y'],
    ['Beta', 'x'],
    ['delta', ''],
  ] as const) {
    await api.newModel(name, { tags: team === '' ? [] : [{ key: 'team', value: team }] });
    api.shop.clock.advance(1_000);
  }
  await api.newModel('ask', { tags: [PROMPT] });
  await api.newVersion('ask', { source: 'dummy-source', run_id: RUN, tags: [PROMPT] });
  for (const [name, more] of [
    ['alpha', { run_id: RUN }],
    ['gamma', { source: 's3://other/place', tags: [{ key: 'q', value: 'Good' }] }],
    ['alpha', { run_id: 'b'.repeat(32), tags: [{ key: 'q', value: 'bad' }] }],
  ] as const) {
    api.shop.clock.advance(1_000);
    await api.newVersion(name, more);
  }
});
afterAll(() => api.close());

describe('a search of models', () => {
  it.each([
    [{}, ['Beta', 'alpha', 'delta', 'gamma']],
    [{ order_by: 'name DESC' }, ['gamma', 'delta', 'alpha', 'Beta']],
    [{ order_by: 'creation_timestamp' }, ['gamma', 'alpha', 'Beta', 'delta']],
    [{ order_by: 'last_updated_timestamp DESC' }, ['alpha', 'gamma', 'delta', 'Beta']],
    [{ order_by: 'timestamp DESC' }, ['alpha', 'gamma', 'delta', 'Beta']],
    [{ filter: "name = 'alpha'" }, ['alpha']],
    [{ filter: "name != 'alpha'" }, ['Beta', 'delta', 'gamma']],
    [{ filter: "name LIKE '%a'" }, ['Beta', 'alpha', 'delta', 'gamma']],
    [{ filter: "name LIKE 'b%'" }, []],
    [{ filter: "name ILIKE 'b%'" }, ['Beta']],
    [{ filter: "name IN ('alpha', 'nobody', 'gamma')" }, ['alpha', 'gamma']],
    [{ filter: "tags.team = 'x'" }, ['Beta', 'gamma']],
    [{ filter: "tag.team != 'x'" }, ['alpha']],
    [{ filter: "tags.`team` ILIKE 'X' AND name = 'gamma'" }, ['gamma']],
    [{ filter: "tags.team = 'y' OR tags.team IS NULL" }, ['alpha', 'delta']],
    [{ filter: "tags.`mlflow.prompt.is_prompt` = 'true'" }, ['ask']],
    [{ filter: "tags.`mlflow.prompt.is_prompt` != 'true'" }, ['Beta', 'alpha', 'delta', 'gamma']],
    [{ filter: "tags.`mlflow.prompt.is_prompt` = 'false' AND name LIKE 'a%'" }, ['alpha']],
    [{ filter: "name = 'ask'" }, []],
    [{ filter: "name = 'ask' AND tags.`mlflow.prompt.is_prompt` = 'true'" }, ['ask']],
  ])('%j finds what it says', async (query, names) => {
    expect(await api.models(query)).toEqual(names);
    // Page by page it finds the same.
    const paged: string[] = [];
    let token: string | undefined;
    do {
      const page = ok(
        await api.get(
          `/registered-models/search?${queryOf({ ...query, max_results: '1', ...(token === undefined ? {} : { page_token: token }) })}`,
        ),
      );
      paged.push(...(page.registered_models ?? []).map((each: { name: string }) => each.name));
      token = page.next_page_token;
    } while (token !== undefined);
    expect(paged).toEqual(names);
  });

  it('shows each with its newest versions, its tags and aliases', async () => {
    ok(await api.post('/registered-models/alias', { name: 'alpha', alias: 'a', version: '1' }));
    const { registered_models: found } = ok(
      await api.get(`/registered-models/search?${queryOf({ filter: "name = 'alpha'" })}`),
    );

    expect(found).toMatchObject([
      {
        name: 'alpha',
        tags: [{ key: 'team', value: 'y' }],
        aliases: [{ alias: 'a', version: '1' }],
        latest_versions: [{ version: '2', tags: [{ key: 'q', value: 'bad' }] }],
      },
    ]);
  });

  it.each([
    ['filter=status+%3D+%27x%27', 'Invalid attribute key'],
    ['filter=name+%3D+5', ''],
    ['filter=params.x+%3D+%27a%27', 'Invalid entity type'],
    ['order_by=description', 'Invalid attribute key'],
    ['order_by=name&order_by=name+DESC', 'duplicate fields'],
    ['max_results=1001', 'Invalid value "1001" for parameter \'max_results\' supplied'],
    ['max_results=0', "for parameter 'max_results' supplied"],
    ['max_results=x', "for parameter 'max_results' supplied"],
    ['page_token=abc', 'page token'],
  ])('refuses %s', async (query, message) => {
    const { status, json } = await api.get(`/registered-models/search?${query}`);

    expect([status, json.error_code]).toEqual([400, 'INVALID_PARAMETER_VALUE']);
    expect(json.message).toContain(message);
  });

  it('takes a token for the same question of the same caller only', async () => {
    const { next_page_token: token } = (await api.get('/registered-models/search?max_results=1'))
      .json;
    const other = await api.get(
      `/registered-models/search?order_by=name+DESC&${queryOf({ page_token: token })}`,
    );
    const carol = await api.get(
      `/registered-models/search?${queryOf({ page_token: token })}`,
      'carol',
    );

    expect([other.status, carol.status]).toEqual([400, 400]);
  });
});

describe('a search of versions', () => {
  it.each([
    [{}, ['alpha/2', 'gamma/1', 'alpha/1']],
    [{ filter: "name = 'alpha'" }, ['alpha/2', 'alpha/1']],
    [{ filter: "name = 'alpha'", order_by: 'version_number ASC' }, ['alpha/1', 'alpha/2']],
    [{ filter: "name = 'alpha'", order_by: 'version_number DESC' }, ['alpha/2', 'alpha/1']],
    [{ order_by: 'name' }, ['alpha/2', 'alpha/1', 'gamma/1']],
    [{ order_by: 'name DESC' }, ['gamma/1', 'alpha/2', 'alpha/1']],
    [{ order_by: ['name', 'version_number ASC'] }, ['alpha/1', 'alpha/2', 'gamma/1']],
    [{ order_by: 'creation_timestamp ASC' }, ['alpha/1', 'gamma/1', 'alpha/2']],
    [{ order_by: 'version_number' }, ['alpha/1', 'gamma/1', 'alpha/2']],
    [{ filter: "name IN ('gamma', 'alpha')" }, ['alpha/2', 'gamma/1', 'alpha/1']],
    [{ filter: "name LIKE 'g%'" }, ['gamma/1']],
    [{ filter: "name ILIKE 'A%' AND version_number > 1" }, ['alpha/2']],
    [{ filter: 'version_number = 1' }, ['gamma/1', 'alpha/1']],
    [{ filter: `run_id = '${RUN}'` }, ['alpha/1']],
    [{ filter: `run_id IN ('${RUN}', '${'b'.repeat(32)}', 'none')` }, ['alpha/2', 'alpha/1']],
    [{ filter: `run_id != '${RUN}'` }, ['alpha/2', 'gamma/1']],
    [{ filter: "run_id = ''" }, ['gamma/1']],
    [{ filter: "run_id = 'none'" }, []],
    [{ filter: "source_path = 's3://other/place'" }, ['gamma/1']],
    [{ filter: "source_path LIKE 's3://bucket/%'" }, ['alpha/2', 'alpha/1']],
    [{ filter: "tags.q ILIKE 'good'" }, ['gamma/1']],
    [{ filter: "tags.q != 'bad'" }, ['gamma/1']],
    [{ filter: "NOT tags.q = 'bad' AND name = 'alpha'" }, ['alpha/1']],
    [{ filter: `tags.\`mlflow.prompt.is_prompt\` = 'true' AND run_id = '${RUN}'` }, ['ask/1']],
    [{ filter: "tags.`mlflow.prompt.is_prompt` = 'true'" }, ['ask/1']],
  ])('%j finds what it says', async (query, versions) => {
    expect(await api.versions(query)).toEqual(versions);
    const paged: string[] = [];
    let token: string | undefined;
    do {
      const page = ok(
        await api.get(
          `/model-versions/search?${queryOf({ ...query, max_results: '1', ...(token === undefined ? {} : { page_token: token }) })}`,
        ),
      );
      for (const each of page.model_versions ?? []) paged.push(`${each.name}/${each.version}`);
      token = page.next_page_token;
    } while (token !== undefined);
    expect(paged).toEqual(versions);
  });

  it('of large texts ends its pages early', async () => {
    const value = 'x'.repeat(100_000);
    const tags = Array.from({ length: 10 }, (_, at) => ({ key: `k${at}`, value }));
    await api.newModel('large');
    for (let made = 0; made < 6; made += 1) await api.newVersion('large', { tags });
    const at = `/model-versions/search?${queryOf({ filter: "name = 'large'" })}`;
    const first = await api.get(at);
    const second = await api.get(`${at}&${queryOf({ page_token: first.json.next_page_token })}`);

    expect(first.text.length).toBeLessThan(4_500_000);
    expect(first.json.model_versions.length + second.json.model_versions.length).toBe(6);
    expect(second.json.next_page_token).toBeUndefined();
    expect(second.json.model_versions[0].tags[9].value).toBe(value);
  });

  it.each([
    ['filter=stage+%3D+%27x%27', 'Invalid attribute key'],
    ['filter=version_number+%3D+1.5', ''],
    ['filter=source_path+IN+(%27a%27)', ''],
    ['max_results=200001', "for parameter 'max_results' supplied"],
    ['order_by=source_path', 'Invalid attribute key'],
  ])('refuses %s', async (query, message) => {
    const { status, json } = await api.get(`/model-versions/search?${query}`);

    expect([status, json.error_code]).toEqual([400, 'INVALID_PARAMETER_VALUE']);
    expect(json.message).toContain(message);
  });
});

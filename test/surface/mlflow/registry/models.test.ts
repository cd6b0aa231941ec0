import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { purgeModels } from '#domain/registry/index.ts';
import { asSystem } from '#kernel/context.ts';
import { ok, openRegistry, queryOf, type Registry, SOURCE } from './support.ts';

let api: Registry;
beforeAll(async () => {
  api = await openRegistry();
});
afterAll(() => api.close());

const NOT_FOUND = (name: string) => ({
  error_code: 'RESOURCE_DOES_NOT_EXIST',
  message: `Registered Model with name=${name} not found`,
});

describe('registered models', () => {
  it('are made, read and made once', async () => {
    const tags = [
      { key: 'team', value: 'a' },
      { key: 'team', value: 'vision' },
      { key: 'empty', value: '' },
    ];
    const made = await api.post('/registered-models/create', {
      name: 'first',
      tags,
      description: 'the first one',
    });
    const again = await api.post('/registered-models/create', { name: 'first' });

    expect(ok(made).registered_model).toEqual({
      name: 'first',
      creation_timestamp: api.shop.clock.now(),
      last_updated_timestamp: api.shop.clock.now(),
      description: 'the first one',
      tags: [tags[1], tags[2]],
    });
    expect(await api.model('first')).toEqual(made.json.registered_model);
    expect(again.status).toBe(400);
    expect(again.json).toMatchObject({
      error_code: 'RESOURCE_ALREADY_EXISTS',
      message: 'Registered Model (name=first) already exists.',
    });
  });

  it('and prompts share their names', async () => {
    const tags = [{ key: 'mlflow.prompt.is_prompt', value: 'true' }];
    await api.newModel('ask', { tags });
    const prompt = await api.post('/registered-models/create', { name: 'ask', tags });
    const model = await api.post('/registered-models/create', { name: 'ask' });
    const other = await api.post('/registered-models/create', { name: 'first', tags });

    expect(prompt.json.message).toBe('Prompt (name=ask) already exists.');
    expect(model.json.message).toContain('already taken by a prompt');
    expect(other.json.message).toContain('already taken by a registered model');
    expect(other.json.error_code).toBe('RESOURCE_ALREADY_EXISTS');
  });

  it.each([
    ['', "Missing value for required parameter 'name'."],
    ['  ', "Missing value for required parameter 'name'."],
    ['a/b', "Invalid model name 'a/b'. Names cannot contain '/' or ':'."],
    ['a:b', "Invalid model name 'a:b'. Names cannot contain '/' or ':'."],
    ['..', 'Invalid value ".." for parameter \'name\' supplied'],
    ['..x', "for parameter 'name' supplied"],
    ['.', "for parameter 'name' supplied"],
    ['a\u0000b', "for parameter 'name' supplied"],
    ['a\nb', "for parameter 'name' supplied"],
    ['\ud800', "for parameter 'name' supplied"],
    ['x'.repeat(257), 'Longer than maximum length 256'],
  ])('cannot be called %j', async (name, message) => {
    const made = await api.post('/registered-models/create', { name });
    const renamed = await api.post('/registered-models/rename', { name: 'first', new_name: name });

    expect([made.status, made.json.error_code]).toEqual([400, 'INVALID_PARAMETER_VALUE']);
    expect(made.json.message).toContain(message);
    expect(renamed.status).toBe(400);
  });

  it.each(['constructor', '__proto__', 'naïve é', '名前', '😀'.repeat(256), 'a.b-c_d @1'])(
    'can be called %s',
    async (name) => {
      await api.newModel(name);
      const number = await api.newVersion(name);

      expect((await api.model(name)).name).toBe(name);
      expect(ok(await api.version(name, number)).model_version.name).toBe(name);
      expect(await api.models({ filter: `name = '${name}'` })).toEqual([name]);
    },
  );

  it('take another description', async () => {
    await api.newModel('described', { description: 'a' });
    api.shop.clock.advance(1_000);
    const changed = await api.patch('/registered-models/update', {
      name: 'described',
      description: 'b',
    });
    const emptied = await api.patch('/registered-models/update', { name: 'described' });
    const missing = await api.patch('/registered-models/update', { name: 'nobody' });

    expect(ok(changed).registered_model).toMatchObject({
      description: 'b',
      last_updated_timestamp: api.shop.clock.now(),
      creation_timestamp: api.shop.clock.now() - 1_000,
    });
    expect(ok(emptied).registered_model.description).toBeUndefined();
    expect(missing.status).toBe(404);
    expect(missing.json).toMatchObject(NOT_FOUND('nobody'));
  });

  it('keep versions, aliases and tags under another name', async () => {
    await api.newModel('old name', { tags: [{ key: 'a', value: 'b' }] });
    const number = await api.newVersion('old name', { run_id: 'r'.repeat(32) });
    ok(
      await api.post('/registered-models/alias', { name: 'old name', alias: 'best', version: '1' }),
    );
    const renamed = ok(
      await api.post('/registered-models/rename', { name: 'old name', new_name: 'new name' }),
    ).registered_model;

    expect(renamed).toMatchObject({
      name: 'new name',
      tags: [{ key: 'a', value: 'b' }],
      aliases: [{ alias: 'best', version: '1' }],
      latest_versions: [{ name: 'new name', version: '1' }],
    });
    expect((await api.version('old name', number)).status).toBe(404);
    expect(ok(await api.version('new name', number)).model_version).toMatchObject({
      name: 'new name',
      aliases: ['best'],
    });
    expect(await api.versions({ filter: `run_id = '${'r'.repeat(32)}'` })).toEqual(['new name/1']);
    expect(await api.versions({ filter: "name = 'old name'" })).toEqual([]);
    // The name is free again.
    await api.newModel('old name');
    expect(await api.newVersion('new name')).toBe('2');
    expect(await api.newVersion('old name')).toBe('1');
  });

  it('show their aliases in one order, however they were set', async () => {
    await api.newModel('ordered');
    await api.newVersion('ordered');
    for (const alias of ['é', 'champ', '1', 'CHAMP']) {
      ok(await api.post('/registered-models/alias', { name: 'ordered', alias, version: '1' }));
    }
    const model = ok(await api.get('/registered-models/get?name=ordered')).registered_model;
    const version = ok(await api.version('ordered', '1')).model_version;

    const order = ['1', 'CHAMP', 'champ', 'é'];
    expect(model.aliases.map(({ alias }: { alias: string }) => alias)).toEqual(order);
    expect(version.aliases).toEqual(order);
  });

  it('cannot take the name of another', async () => {
    await api.newModel('one');
    await api.newModel('two');
    const taken = await api.post('/registered-models/rename', { name: 'one', new_name: 'two' });
    const same = await api.post('/registered-models/rename', { name: 'one', new_name: 'one' });
    const none = await api.post('/registered-models/rename', { name: 'one' });

    expect(taken.status).toBe(400);
    expect(taken.json.error_code).toBe('RESOURCE_ALREADY_EXISTS');
    expect(taken.json.message).toContain('Registered Model (name=two) already exists.');
    expect(same.status).toBe(200);
    expect(none.json.message).toContain("Missing value for required parameter 'new_name'.");
  });

  it('go with all that they have, and leave nothing behind', async () => {
    const run = await api.newRun();
    const long = 'é'.repeat(60_000);
    await api.newModel('gone', { tags: [{ key: 'long', value: long }] });
    const { items: before } = await everything('gone');
    await api.newVersion('gone', { run_id: run, tags: [{ key: 'long', value: long }] });
    await api.newVersion('gone', { run_id: run });
    ok(await api.post('/registered-models/alias', { name: 'gone', alias: 'best', version: '1' }));
    ok(await api.remove('/registered-models/delete', { name: 'gone' }));

    expect((await api.version('gone', '1')).status).toBe(404);
    expect(await api.versions({ filter: `run_id = '${run}'` })).toEqual([]);
    expect(await api.versions({ filter: "name = 'gone'" })).toEqual([]);
    expect((await api.versions({})).filter((each) => each.startsWith('gone/'))).toEqual([]);
    expect((await api.remove('/registered-models/delete', { name: 'gone' })).status).toBe(404);

    // Numbers begin anew with the model of the same name.
    await api.newModel('gone');
    expect(await api.newVersion('gone')).toBe('1');
    const pk = before[0]?.pk ?? '';
    const left = async () => (await api.shop.platform.table.query({ pk })).items.length;
    expect(await left()).toBeGreaterThan(0);
    const system = asSystem(api.shop.alice);
    expect(await purgeModels(system)).toBe(0);
    api.shop.clock.advance(61_000);
    expect(await purgeModels(system)).toBe(1);
    expect(await left()).toBe(0);
    expect(await purgeModels(system)).toBe(0);
    const ofRun = await api.shop.platform.table.query({ pk: `REG#RUN#${run}` });
    expect(ofRun.items).toEqual([]);
    expect((await api.model('gone')).latest_versions).toHaveLength(1);
  });

  it('of other groups are as if they did not exist', async () => {
    await api.newModel('ours');
    await api.newVersion('ours');
    const calls = [
      await api.get('/registered-models/get?name=ours', 'carol'),
      await api.remove('/registered-models/delete', { name: 'ours' }, 'carol'),
      await api.post('/model-versions/create', { name: 'ours', source: SOURCE }, 'carol'),
      await api.post('/registered-models/rename', { name: 'ours', new_name: 'x' }, 'carol'),
    ];

    for (const { status, json } of calls) {
      expect(status).toBe(404);
      expect(json).toMatchObject(NOT_FOUND('ours'));
    }
    expect((await api.get('/registered-models/search', 'carol')).json).toEqual({});
    expect((await api.get('/model-versions/search', 'carol')).json).toEqual({});
    // Each group has names of its own.
    expect((await api.post('/registered-models/create', { name: 'ours' }, 'carol')).status).toBe(
      200,
    );
    expect((await api.model('ours')).latest_versions).toHaveLength(1);
  });

  it('are read and not written by readers of the group', async () => {
    await api.newModel('shared');
    const read = await api.get('/registered-models/get?name=shared', 'bob');
    const written = await api.post(
      '/model-versions/create',
      { name: 'shared', source: SOURCE },
      'bob',
    );

    expect(read.status).toBe(200);
    expect([written.status, written.json.error_code]).toEqual([403, 'PERMISSION_DENIED']);
  });
});

/** What lies in the partition of a model. */
async function everything(name: string) {
  const { table } = api.shop.platform;
  const row = await table.get({ pk: 'REG#GRP#1', sk: `N#${name}` });
  return table.query({ pk: `REG#${row?.id}` });
}

describe('tags of models', () => {
  it('are set, set anew and deleted', async () => {
    const name = 'tagged';
    await api.newModel(name);
    const set = (key: string, value: string) =>
      api.post('/registered-models/set-tag', { name, key, value });
    ok(await set('a', '1'));
    ok(await set('a', '2'));
    ok(await set('b/c d', ''));

    expect((await api.model(name)).tags).toEqual([
      { key: 'a', value: '2' },
      { key: 'b/c d', value: '' },
    ]);
    ok(await api.remove('/registered-models/delete-tag', { name, key: 'a' }));
    ok(await api.remove('/registered-models/delete-tag', { name, key: 'never there' }));
    expect((await api.model(name)).tags).toEqual([{ key: 'b/c d', value: '' }]);
    expect(
      (await api.remove('/registered-models/delete-tag', { name: 'no', key: 'a' })).json,
    ).toMatchObject(NOT_FOUND('no'));
  });

  it('hold up to 100,000 characters, exactly', async () => {
    const name = 'long tags';
    await api.newModel(name);
    const value = '😀é'.repeat(50_000);
    const set = (text: string) =>
      api.post('/registered-models/set-tag', { name, key: 'long', value: text });
    ok(await set(value));
    expect((await api.model(name)).tags).toEqual([{ key: 'long', value }]);
    expect(await api.models({ filter: `name='${name}' and tags.long LIKE '%é'` })).toEqual([name]);
    ok(await set('short'));
    expect((await api.model(name)).tags).toEqual([{ key: 'long', value: 'short' }]);
    expect((await everything(name)).items.map(({ sk }) => sk)).toEqual(['MODEL']);

    const over = await set('x'.repeat(100_001));
    expect([over.status, over.json.message]).toEqual([
      400,
      "'value' exceeds the maximum length of 100000 characters",
    ]);
    const badKey = await api.post('/registered-models/set-tag', { name, key: '../x', value: '' });
    const longKey = await api.post('/registered-models/set-tag', {
      name,
      key: 'k'.repeat(251),
      value: '',
    });
    expect(badKey.json.message).toContain('Invalid value "../x" for parameter \'key\' supplied');
    expect(longKey.json.message).toContain("'key' exceeds the maximum length of 250 characters");
  });

  it('are bounded in number, since each row is', async () => {
    const name = 'many tags';
    await api.newModel(name);
    const tags = Array.from({ length: 400 }, (_, at) => ({
      key: `${at}`.padEnd(250, 'k'),
      value: 'v',
    }));
    const made = await api.post('/registered-models/create', { name: 'too many', tags });

    expect([made.status, made.json.error_code]).toEqual([400, 'INVALID_PARAMETER_VALUE']);
    expect(made.json.message).toContain('too many tags');
    expect((await api.get(`/registered-models/get?${queryOf({ name: 'too many' })}`)).status).toBe(
      404,
    );
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ok, openRegistry, queryOf, type Registry, SOURCE } from './support.ts';

let api: Registry;
beforeAll(async () => {
  api = await openRegistry();
});
afterAll(() => api.close());

const versionMissing = (name: string, version: number) => ({
  error_code: 'RESOURCE_DOES_NOT_EXIST',
  message: `Model Version (name=${name}, version=${version}) not found`,
});

describe('model versions', () => {
  it('are numbered, and answered as MLflow does', async () => {
    await api.newModel('first');
    const made = await api.post('/model-versions/create', { name: 'first', source: SOURCE });
    const full = await api.post('/model-versions/create', {
      name: 'first',
      source: 's3://bucket/other',
      run_id: 'a'.repeat(32),
      run_link: 'https://elsewhere/run',
      description: 'better',
      tags: [{ key: 'a', value: 'b' }],
    });

    const now = api.shop.clock.now();
    expect(ok(made).model_version).toEqual({
      name: 'first',
      version: '1',
      creation_timestamp: now,
      last_updated_timestamp: now,
      description: '',
      current_stage: 'None',
      source: SOURCE,
      run_id: '',
      status: 'READY',
      run_link: '',
    });
    expect(ok(full).model_version).toMatchObject({
      version: '2',
      run_id: 'a'.repeat(32),
      run_link: 'https://elsewhere/run',
      description: 'better',
      tags: [{ key: 'a', value: 'b' }],
    });
    expect(ok(await api.version('first', '2')).model_version).toEqual(full.json.model_version);
    expect((await api.model('first')).latest_versions).toEqual([full.json.model_version]);
  });

  it('need a model, a source and a number', async () => {
    const none = await api.post('/model-versions/create', { name: 'nobody', source: SOURCE });
    const noSource = await api.post('/model-versions/create', { name: 'first', source: '' });
    const word = await api.version('first', 'one');
    const far = await api.version('first', '99999999999999999999');

    expect([none.status, none.json.message]).toEqual([
      404,
      'Registered Model with name=nobody not found',
    ]);
    expect(noSource.json.message).toContain("Missing value for required parameter 'source'.");
    expect(word.json).toMatchObject({
      error_code: 'INVALID_PARAMETER_VALUE',
      message: "Parameter 'version' must be an integer, got 'one'.",
    });
    for (const number of ['3', '0', '-1']) {
      const { status, json } = await api.version('first', number);
      expect(status).toBe(404);
      expect(json.error_code).toBe('RESOURCE_DOES_NOT_EXIST');
    }
    expect((await api.version('first', '3')).json).toMatchObject(versionMissing('first', 3));
    expect((await api.version('nobody', '3')).json).toMatchObject(versionMissing('nobody', 3));
    expect(far.status).toBe(404);
  });

  it('take another description, and none', async () => {
    const at = { name: 'first', version: '1' };
    api.shop.clock.advance(1_000);
    const changed = ok(await api.patch('/model-versions/update', { ...at, description: 'new' }));
    const removed = ok(await api.patch('/model-versions/update', at));

    expect(changed.model_version).toMatchObject({
      description: 'new',
      last_updated_timestamp: api.shop.clock.now(),
    });
    expect(removed.model_version.description).toBeUndefined();
    expect((await api.patch('/model-versions/update', { ...at, version: '9' })).status).toBe(404);
  });

  it('are deleted with their aliases, and their numbers never come back', async () => {
    const name = 'shrinking';
    await api.newModel(name);
    await api.newVersion(name);
    await api.newVersion(name);
    for (const [alias, version] of [
      ['old', '1'],
      ['best', '2'],
      ['next', '2'],
    ]) {
      ok(await api.post('/registered-models/alias', { name, alias, version }));
    }
    api.shop.clock.advance(1_000);
    ok(await api.remove('/model-versions/delete', { name, version: '2' }));

    expect(await api.model(name)).toMatchObject({
      aliases: [{ alias: 'old', version: '1' }],
      latest_versions: [{ version: '1' }],
      last_updated_timestamp: api.shop.clock.now(),
    });
    expect((await api.remove('/model-versions/delete', { name, version: '2' })).json).toMatchObject(
      versionMissing(name, 2),
    );
    expect(await api.newVersion(name)).toBe('3');
    for (const version of ['3', '1'])
      ok(await api.remove('/model-versions/delete', { name, version }));
    const empty = await api.model(name);
    expect([empty.aliases, empty.latest_versions]).toEqual([undefined, undefined]);
    expect(await api.newVersion(name)).toBe('4');
  });

  it('have tags of their own', async () => {
    const at = { name: 'first', version: '1' };
    const text = 'Say {{ x }}. '.repeat(7_000);
    ok(await api.post('/model-versions/set-tag', { ...at, key: 'a', value: '1' }));
    ok(
      await api.post('/model-versions/set-tag', { ...at, key: 'mlflow.prompt.text', value: text }),
    );
    ok(await api.remove('/model-versions/delete-tag', { ...at, key: 'a' }));
    ok(await api.remove('/model-versions/delete-tag', { ...at, key: 'a' }));
    const missing = await api.post('/model-versions/set-tag', {
      ...at,
      version: '77',
      key: 'a',
      value: '',
    });

    expect(ok(await api.version('first', '1')).model_version.tags).toEqual([
      { key: 'mlflow.prompt.text', value: text },
    ]);
    expect((await api.model('first')).tags).toBeUndefined();
    expect(missing.json).toMatchObject(versionMissing('first', 77));
  });

  it('of a long text are shown whole wherever they are shown', async () => {
    const name = 'long';
    const text = 'ab'.repeat(50_000);
    await api.newModel(name, { description: text });
    await api.newVersion(name, { description: text, tags: [{ key: 't', value: text }] });

    const model = await api.model(name);
    expect(model.description).toBe(text);
    expect(model.latest_versions[0]).toMatchObject({
      description: text,
      tags: [{ key: 't', value: text }],
    });
    const found = await api.get("/model-versions/search?filter=name='long'");
    expect(found.json.model_versions[0].tags[0].value).toBe(text);
  });
});

describe('stages', () => {
  const stage = (version: string, to: string, archive_existing_versions = false) =>
    api.post('/model-versions/transition-stage', {
      name: 'staged',
      version,
      stage: to,
      archive_existing_versions,
    });
  const latest = async (stages: readonly string[] = []) => {
    const query = queryOf({ name: 'staged', stages });
    const { json } = await api.get(`/registered-models/get-latest-versions?${query}`);
    return Object.fromEntries(
      (json.model_versions ?? []).map((each: { current_stage: string; version: string }) => [
        each.current_stage,
        each.version,
      ]),
    );
  };

  it('are moved to in any case, and each tells its newest version', async () => {
    await api.newModel('staged');
    for (let made = 0; made < 5; made += 1) await api.newVersion('staged');
    expect(ok(await stage('5', 'production')).model_version.current_stage).toBe('Production');
    ok(await stage('3', 'STAGING'));
    ok(await stage('2', 'Staging'));

    expect(await latest()).toEqual({ None: '4', Staging: '3', Production: '5' });
    expect(await latest(['staging', 'Archived'])).toEqual({ Staging: '3' });
    const posted = await api.post('/registered-models/get-latest-versions', {
      name: 'staged',
      stages: ['None'],
    });
    expect(posted.json.model_versions).toMatchObject([{ version: '4' }]);
    expect(
      (await api.model('staged')).latest_versions.map((each: { version: string }) => each.version),
    ).toEqual(['3', '4', '5']);
  });

  it('archive what was in them', async () => {
    ok(await stage('1', 'Production', true));
    expect(await latest()).toEqual({ None: '4', Staging: '3', Production: '1', Archived: '5' });
    ok(await stage('4', 'Staging', true));
    expect(await latest()).toEqual({ Staging: '4', Production: '1', Archived: '5' });
    expect(ok(await api.version('staged', '2')).model_version.current_stage).toBe('Archived');
    // The same again changes nothing.
    ok(await stage('4', 'Staging', true));
    expect(await latest()).toEqual({ Staging: '4', Production: '1', Archived: '5' });
    ok(await api.remove('/model-versions/delete', { name: 'staged', version: '5' }));
    expect(await latest()).toEqual({ Staging: '4', Production: '1', Archived: '3' });
  });

  it('are four', async () => {
    const wrong = await stage('1', 'Live');
    const archive = await stage('1', 'Archived', true);
    const asked = await api.get('/registered-models/get-latest-versions?name=staged&stages=Live');

    expect([wrong.status, wrong.json.message]).toEqual([
      400,
      'Invalid Model Version stage: Live. Value must be one of None, Staging, Production, Archived.',
    ]);
    expect(asked.json.message).toBe(wrong.json.message);
    expect([archive.status, archive.json.message]).toEqual([
      400,
      'Model version transition cannot archive existing model versions because ' +
        "'Archived' is not an Active stage. Valid stages are ['Staging', 'Production']",
    ]);
    expect((await stage('99', 'None')).json).toMatchObject(versionMissing('staged', 99));
  });
});

describe('aliases', () => {
  const name = 'aliased';
  const set = (alias: string, version = '1') =>
    api.post('/registered-models/alias', { name, alias, version });
  const get = (alias: string) =>
    api.get(`/registered-models/alias?${new URLSearchParams({ name, alias })}`);
  beforeAll(async () => {
    await api.newModel(name);
    await api.newVersion(name);
    await api.newVersion(name);
  });

  it('stand for one version at a time', async () => {
    ok(await set('best'));
    ok(await set('Größte-1'));
    expect(ok(await get('best')).model_version).toMatchObject({
      version: '1',
      aliases: ['Größte-1', 'best'],
    });
    ok(await set('best', '2'));
    expect(ok(await get('best')).model_version).toMatchObject({ version: '2', aliases: ['best'] });
    ok(await api.remove('/registered-models/alias', { name, alias: 'best' }));
    ok(await api.remove('/registered-models/alias', { name, alias: 'best' }));
    expect((await get('best')).json).toMatchObject({
      error_code: 'INVALID_PARAMETER_VALUE',
      message: 'Registered model alias best not found.',
    });
  });

  it('know the newest as `latest`', async () => {
    expect(ok(await get('latest')).model_version.version).toBe('2');
    await api.newModel('no versions');
    const none = await api.get('/registered-models/alias?name=no+versions&alias=Latest');
    expect([none.status, none.json.message]).toEqual([
      404,
      'Latest version not found for model no versions.',
    ]);
  });

  it.each([
    ['', "Missing value for required parameter 'alias'."],
    ['a b', "Invalid alias name: 'a b'. Names may only contain alphanumerics"],
    ['a/b', 'Invalid alias name'],
    ['a\n', 'Invalid alias name'],
    ['LATEST', "'latest' alias name (case insensitive) is reserved."],
    ['v1', "Version alias name 'v1' is reserved."],
    ['V22', "Version alias name 'V22' is reserved."],
    ['a'.repeat(256), "'Registered model alias name' exceeds the maximum length of 255 characters"],
  ])('cannot be %j', async (alias, message) => {
    const { status, json } = await set(alias);

    expect([status, json.error_code]).toEqual([400, 'INVALID_PARAMETER_VALUE']);
    expect(json.message).toContain(message);
  });

  it('need a version that is there', async () => {
    expect((await set('x', '9')).json).toMatchObject(versionMissing(name, 9));
    expect((await set('x', 'one')).json.message).toContain(
      "Parameter 'version' must be an integer",
    );
    const other = await api.post('/registered-models/alias', {
      name: 'nobody',
      alias: 'x',
      version: '1',
    });
    expect(other.status).toBe(404);
    expect((await get('__proto__')).status).toBe(400);
    expect((await get('constructor')).json.message).toContain('not found');
  });
});

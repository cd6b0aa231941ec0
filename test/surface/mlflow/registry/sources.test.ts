import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  createRegisteredModel,
  createRegisteredVersion,
  setVersionTag,
  versionFiles,
} from '#domain/registry/index.ts';
import { createRun } from '#domain/tracking/index.ts';
import { ok, openRegistry, queryOf, type Registry } from './support.ts';

let api: Registry;
let run: string;
let other: string;
let theirs: string;
let experiment: string;
beforeAll(async () => {
  api = await openRegistry();
  await api.newModel('m');
  run = await api.newRun();
  other = await api.newRun();
  experiment = String(api.shop.experimentId);
  const { json } = await api.post('/experiments/create', { name: 'of carol' }, 'carol');
  const made = await api.post(
    '/runs/create',
    { experiment_id: json.experiment_id, start_time: 1 },
    'carol',
  );
  theirs = made.json.run.info.run_id;
});
afterAll(() => api.close());

const create = (source: string, more: object = {}) =>
  api.post('/model-versions/create', { name: 'm', source, ...more });
/** The text with the ids of this test in it. */
const filled = (text: string): string =>
  text
    .replaceAll('RUN', run)
    .replaceAll('OTHER', other)
    .replaceAll('THEIRS', theirs)
    .replaceAll('EXP', experiment);

describe('sources that are taken', () => {
  it.each([
    ['runs:/RUN/model', true, 'model'],
    ['runs:/RUN', true, ''],
    ['runs:/RUN/some/model/', true, 'some/model'],
    ['runs:/RUN/model', false, 'model'],
    ['mlflow-artifacts:/EXP/RUN/artifacts/model', true, 'model'],
    ['mlflow-artifacts:/EXP/RUN/artifacts', true, ''],
  ])('files of a run: %s', async (text, named, path) => {
    const source = filled(text);
    const { version } = ok(await create(source, named ? { run_id: run } : {})).model_version;
    const uri = await api.get(
      `/model-versions/get-download-uri?${queryOf({ name: 'm', version })}`,
    );

    expect(uri.json).toEqual({ artifact_uri: source });
    expect(await versionFiles(api.shop.alice, { name: 'm', version })).toEqual({
      kind: 'run',
      runId: run,
      path,
    });
  });

  it('files of a run of the experiment that is always there', async () => {
    const made = await api.post('/runs/create', { experiment_id: '0', start_time: 1 });
    const { run_id, artifact_uri } = ok(made).run.info;
    const source = `${artifact_uri}/model`;
    const { version } = ok(await create(source, { run_id })).model_version;

    expect(source).toContain('mlflow-artifacts:/0');
    expect(await versionFiles(api.shop.alice, { name: 'm', version })).toEqual({
      kind: 'run',
      runId: run_id,
      path: 'model',
    });
  });

  it.each([
    's3://bucket/some/model',
    'gs://bucket/model',
    'https://example.com/model?sig=a%2Fb',
    'wasbs://container@account.blob.core.windows.net/model',
    'dbfs:/databricks/model',
    'http://169.254.169.254/latest/meta-data',
    'hdfs://namenode:8020/model',
    's3://bucket/a%20b/%C3%A9',
  ])('inert text of other places: %s', async (source) => {
    const made = ok(await create(source)).model_version;

    expect(made.source).toBe(source);
    expect(await versionFiles(api.shop.alice, { name: 'm', version: made.version })).toEqual({
      kind: 'elsewhere',
      uri: source,
    });
  });

  it('other versions, by number, stage, alias or as the newest', async () => {
    await api.newModel('origin');
    await api.newVersion('origin', { source: `runs:/${run}/model`, run_id: run });
    await api.newVersion('origin', { source: 's3://bucket/two' });
    ok(await api.post('/registered-models/alias', { name: 'origin', alias: 'a', version: '1' }));
    ok(
      await api.post('/model-versions/transition-stage', {
        name: 'origin',
        version: '1',
        stage: 'Staging',
        archive_existing_versions: false,
      }),
    );
    for (const named of ['origin/1', 'origin@a', 'origin/staging']) {
      const copy = ok(await create(`models:/${named}`)).model_version;
      expect(copy).toMatchObject({ source: 'models:/origin/1', run_id: run });
      const at = queryOf({ name: 'm', version: copy.version });
      expect((await api.get(`/model-versions/get-download-uri?${at}`)).json).toEqual({
        artifact_uri: `runs:/${run}/model`,
      });
    }
    for (const named of ['origin/2', 'origin/latest', 'origin@latest']) {
      expect(ok(await create(`models:/${named}`)).model_version.source).toBe('models:/origin/2');
    }
    expect((await create('models:/origin/1', { run_id: other })).status).toBe(400);
    expect((await create('models:/origin/3')).status).toBe(404);
    expect((await create('models:/nobody/1')).status).toBe(404);
    expect((await create('models:/origin@b')).status).toBe(400);
    expect((await create('models:/origin/Production')).status).toBe(400);
  });

  it('for prompts placeholders alone', async () => {
    const tags = [{ key: 'mlflow.prompt.is_prompt', value: 'true' }];
    await api.newModel('p', { tags });
    const made = await api.post('/model-versions/create', {
      name: 'p',
      source: 'dummy-source',
      tags,
    });

    expect(made.status).toBe(200);
    for (const source of ['file:///etc', '/etc', 's3://bucket/x', 'http://a/b']) {
      const { status, json } = await create(source, { tags });
      expect([status, json.message]).toEqual([
        400,
        `Invalid prompt source: '${source}'. Prompt sources must use an MLflow placeholder.`,
      ]);
    }
    expect((await create('dummy-source')).status).toBe(400);
    expect((await create('models:/p/1')).json.message).toContain('Prompt versions cannot be used');
  });
});

describe('logged models', () => {
  let model: string;
  let foreign: string;
  const newModel = async (experiment_id: string, as?: string, more: object = {}) => {
    const made = await api.post('/logged-models', { experiment_id, name: 'net', ...more }, as);
    return ok(made).model.info.model_id as string;
  };
  beforeAll(async () => {
    model = await newModel(experiment, undefined, { source_run_id: run });
    const { json } = await api.get('/experiments/get-by-name?experiment_name=of+carol', 'carol');
    foreign = await newModel(json.experiment.experiment_id, 'carol');
  });

  it('become versions, and know which', async () => {
    await api.newModel('of models');
    const root = `mlflow-artifacts:/${experiment}/models/${model}/artifacts`;
    const body = { name: 'of models', model_id: model };
    const first = ok(
      await api.post('/model-versions/create', { ...body, source: `models:/${model}` }),
    ).model_version;
    const second = ok(
      await api.post('/model-versions/create', { ...body, source: `${root}/part` }),
    ).model_version;
    await api.post('/model-versions/create', { ...body, source: 's3://bucket/copy' });

    expect([first.run_id, first.model_id]).toEqual([run, model]);
    for (const [version, uri, path] of [
      [first.version, root, ''],
      [second.version, `${root}/part`, 'part'],
    ]) {
      const at = { name: 'of models', version };
      const found = await api.get(`/model-versions/get-download-uri?${queryOf(at)}`);
      expect(found.json).toEqual({ artifact_uri: uri });
      expect(await versionFiles(api.shop.alice, at)).toEqual({
        kind: 'logged_model',
        loggedModelId: model,
        path,
      });
    }
    const { tags } = ok(await api.get(`/logged-models/${model}`)).model.info;
    expect(tags).toEqual([
      {
        key: 'mlflow.modelVersions',
        value: JSON.stringify([1, 2, 3].map((version) => ({ name: 'of models', version }))),
      },
    ]);
    expect(await api.versions({ filter: `run_id = '${run}' AND name = 'of models'` })).toHaveLength(
      3,
    );
  });

  it('are refused where the caller may not have them, as where there are none', async () => {
    const { json } = await api.get('/experiments/get-by-name?experiment_name=of+carol', 'carol');
    const theirExperiment = json.experiment.experiment_id;
    const gone = `m-${'0'.repeat(32)}`;
    const sources = (id: string) => [
      `models:/${id}`,
      `mlflow-artifacts:/${theirExperiment}/models/${id}/artifacts/x`,
      's3://bucket/x',
    ];
    for (const [at, source] of sources(foreign).entries()) {
      const hidden = await create(source, { model_id: foreign });
      const missing = await create(sources(gone)[at] ?? '', { model_id: gone });
      expect(hidden.status).toBe(400);
      expect(hidden.text.replaceAll(foreign, 'ID')).toBe(missing.text.replaceAll(gone, 'ID'));
    }
  });

  it.each([
    'mlflow-artifacts:/EXP/models/MODEL/artifacts/../x',
    'mlflow-artifacts:/EXP/models/MODEL/artifacts/%2e%2e/x',
    'mlflow-artifacts:/EXP/models/MODEL/artifacts//x',
    'mlflow-artifacts:/EXP/models/MODEL/artifactsX',
    'mlflow-artifacts:/EXP/RUN/artifacts/x',
    'models:/m-00000000000000000000000000000000',
    'runs:/RUN/net',
    '/etc/passwd',
  ])('are not what %s names', async (text) => {
    const source = filled(text).replaceAll('MODEL', model);
    const { status, json } = await create(source, { run_id: run, model_id: model });

    expect([status, json.error_code]).toEqual([400, 'INVALID_PARAMETER_VALUE']);
  });

  it('are named by their id alone together with it', async () => {
    expect((await create(`models:/${model}`)).status).toBe(400);
    expect((await create(`models:/${model}`, { run_id: run })).status).toBe(400);
  });
});

describe('sources that are refused', () => {
  it.each([
    'file:///etc/',
    'file:///etc/passwd',
    'file:/etc',
    'file:etc',
    'FILE:///etc',
    'file://localhost/etc',
    'file://remote/etc',
    ' file:///etc',
    '/etc',
    '/etc/passwd',
    '//proc/self/root',
    './x',
    '../../etc',
    '..\\..\\x',
    'C:\\windows',
    'c:/windows',
    '\\\\host\\share',
    '%66ile:///etc',
    'etc',
    'model',
    's3://bucket',
    's3://bucket/',
    's3:bucket/x',
    's3://bucket/../x',
    's3://bucket/a/./b',
    's3:/bucket/path/../../other',
    'http:///#/../../etc/',
    'http:///?x=/../..',
    'http:///x;/../..',
    'http://host/x?a=/../..',
    'https://host/a/%2e%2e/b',
    'https://host/a/%252e%252e%252fb',
    'https://host/a/%25252525252525252e%2e/b',
    'https://host/a%00b',
    'https://host/a%5c..%5cb',
    'https://host/a\\..\\b',
    'https://host/a\u0000b',
    'https://host/\ud800',
    'https://host/%c0%ae%c0%ae/%2e%2e/etc',
    'dbfs:/../etc',
    'dbfs:/a/..%2f..%2fetc',
    'mlflow-artifacts:/../../etc',
    'mlflow-artifacts:/EXP/RUN/artifacts/../../OTHER/artifacts',
    'mlflow-artifacts:/EXP/RUN/artifacts/..%2f..%2fOTHER',
    'mlflow-artifacts:/EXP/RUN/artifacts/%252e%252e/x',
    'mlflow-artifacts:/EXP/RUN/artifacts/a\\..\\b',
    'mlflow-artifacts:/EXP/RUN/artifacts/a?b',
    'mlflow-artifacts:/EXP/RUN/artifacts/a#b',
    'mlflow-artifacts:/EXP/RUN/artifactsX',
    'mlflow-artifacts:/EXP/RUN',
    'mlflow-artifacts:/EXP/OTHER/artifacts/model',
    'mlflow-artifacts:/EXP/THEIRS/artifacts/model',
    'mlflow-artifacts:/999/RUN/artifacts/model',
    'mlflow-artifacts:/x/RUN/artifacts/model',
    'mlflow-artifacts://host:80/EXP/RUN/artifacts/model',
    'mlflow-artifacts://host/../../..',
    'mlflow-artifacts://host:80/..%2f..%2f',
    'https://host/api/2.0/mlflow-artifacts/artifacts/EXP/RUN/artifacts/model',
    'http://host//api/2.0//mlflow-artifacts/artifacts/x',
    'http://host/prefix/api/2.0/mlflow%2dartifacts/artifacts/x',
    'runs:/OTHER/model',
    'runs:/THEIRS/model',
    'runs:/RUN/../OTHER/model',
    'runs:/RUN/%2e%2e/OTHER',
    'runs:/RUN/a?b',
    'runs:/RUN/a#b',
    'runs://host/RUN/model',
    'runs:RUN/model',
    'runs:/',
    'models:/m-123',
    'models:/m',
    'models:/m/1/2',
    'models://host/m/1',
    'models:/m/',
    'models:/m@',
    'models:/',
    `s3://bucket/${'x'.repeat(2_000)}`,
  ])('%s', async (text) => {
    const source = filled(text);
    for (const more of [{ run_id: run }, { run_id: run, model_id: 'm-1' }]) {
      const { status, json } = await create(source, more);

      expect([status, json?.error_code]).toEqual([400, 'INVALID_PARAMETER_VALUE']);
    }
  });

  it('name nothing of other groups, in the same words as for what is missing', async () => {
    const gone = 'f'.repeat(32);
    for (const source of ['runs:/ID/model', `mlflow-artifacts:/${experiment}/ID/artifacts/m`]) {
      const [hidden, missing] = await Promise.all(
        [theirs, gone].map(async (id) => {
          const { status, text } = await create(source.replace('ID', id), { run_id: id });
          return [status, text.replaceAll(id, 'ID')];
        }),
      );
      expect(hidden).toEqual(missing);
      expect(hidden?.[0]).toBe(400);
    }
  });

  it('need the run that they are of: MLflow artifacts name none by themselves', async () => {
    const { status, json } = await create(`mlflow-artifacts:/${experiment}/${run}/artifacts/model`);

    expect(status).toBe(400);
    expect(json.message).toContain(
      'The run_id request parameter must identify the resource that contains the source.',
    );
  });
});

describe('the child of a job', () => {
  it('registers what its run made, in any model of its group, and nothing else', async () => {
    const job = { jobId: 7, runId: run };
    const own = await createRun(api.shop.child(job), {
      experimentId: api.shop.experimentId,
      user: '',
      startTime: 1,
      tags: [],
    });
    const child = api.shop.child({ ...job, runId: own.run.id });
    const source = `runs:/${own.run.id}/model`;

    const version = await createRegisteredVersion(child, {
      name: 'm',
      source,
      runId: own.run.id,
      tags: [],
    });
    const at = { name: 'm', version: String(version.number) };
    await setVersionTag(child, at, { key: 'by', value: 'job' });
    await createRegisteredModel(child, { name: 'of the job', tags: [] });
    await createRegisteredVersion(child, { name: 'of the job', source, tags: [] });

    const refused = { code: 'forbidden' };
    const foreign = { name: 'm', source: `runs:/${run}/model`, runId: run, tags: [] };
    await expect(createRegisteredVersion(child, foreign)).rejects.toMatchObject(refused);
    const elsewhere = { name: 'm', source: 's3://bucket/x', tags: [] };
    await expect(createRegisteredVersion(child, elsewhere)).rejects.toMatchObject(refused);
    const first = { name: 'm', version: '1' };
    await expect(setVersionTag(child, first, { key: 'a', value: '' })).rejects.toMatchObject(
      refused,
    );
    const another = api.shop.child({ jobId: 8, runId: run });
    await expect(setVersionTag(another, at, { key: 'a', value: '' })).rejects.toMatchObject(
      refused,
    );
  });
});

/** What holds for every answer below Oracle's address. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { artifactKey } from '#domain/tracking/index.ts';
import { type Answer, type Json, type TestApp, type TestUser, testApp } from '../../support/app.ts';
import { base, caller } from './support.ts';

const REQUEST_ID = /^[A-Za-z0-9_-]+$/;

let app: TestApp;
let user: TestUser;
let workspace: number;
let call: ReturnType<typeof caller>;
let experiment: string;
let run: string;
beforeAll(async () => {
  app = testApp();
  user = await app.newUser('dana');
  workspace = (await app.newGroup(user, 'fraud models')).id;
  call = caller(user, workspace);
  experiment = (await call('POST', '/experiments/create', { name: 'all' })).body.experiment_id;
  const body = { experiment_id: experiment, start_time: 1 };
  run = (await call('POST', '/runs/create', body)).body.run.info.run_id;
  await app.platform.blobs.put(artifactKey(run, 'there.txt'), 'x');
});
afterAll(async () => {
  expect(app.errors).toEqual([]);
  await app.close();
});

const artifacts = (): string =>
  `${base(workspace)}/api/2.0/mlflow-artifacts/artifacts/${experiment}/${run}/artifacts`;

describe('the id of the request', () => {
  const cases: readonly (readonly [string, number, () => Promise<Answer>])[] = [
    ['an answer', 200, () => call('GET', `/runs/get?run_id=${run}`)],
    ['a version', 200, () => user.get(`${base(workspace)}/version`)],
    ['a sign of life', 200, () => user.get(`${base(workspace)}/health`)],
    [
      'what may be known',
      200,
      () => app.client().get(`${base(workspace)}/api/3.0/mlflow/server-info`),
    ],
    ['a redirect', 307, () => user.get(`${artifacts()}/there.txt`)],
    ['a refusal', 400, () => call('POST', '/runs/create', { experiment_id: 5 })],
    ['a stranger', 401, () => app.client().get(`${base(workspace)}/api/2.0/mlflow/runs/get`)],
    ['what is missing', 404, () => call('GET', `/runs/get?run_id=${'f'.repeat(32)}`)],
    ['an unknown call of MLflow', 404, () => call('GET', '/nothing')],
    ['an unknown address', 404, () => user.get(`${base(workspace)}/nothing`)],
    ['an address above', 404, () => user.get('/20260430/aiDataPlatforms')],
    ['another method', 404, () => call('DELETE', '/runs/get')],
    ['an unknown workspace', 404, () => caller(user, 'none')('GET', '/runs/get?run_id=a')],
    ['a query that is none', 400, () => user.post(`${base(workspace)}/graphql`, {})],
  ];

  it.each(cases)('is on %s (%i)', async (_, status, ask) => {
    const answer = await ask();

    expect([answer.status, answer.headers.get('opc-request-id')]).toEqual([
      status,
      expect.stringMatching(REQUEST_ID),
    ]);
    if (status < 400) return;
    expect(answer.headers.get('content-type')).toBe('application/json');
    expect(answer.body).toMatchObject({
      code: expect.stringMatching(/^[A-Z][A-Za-z]+$/),
      message: expect.any(String),
      error_code: expect.stringMatching(/^[A-Z_]+$/),
    });
  });

  it('is the caller’s own on each of them, in both headers', async () => {
    const headers = { 'opc-request-id': 'mine-1' };
    const answers = [
      await call('GET', `/runs/get?run_id=${run}`, undefined, headers),
      await call('GET', '/nothing', undefined, headers),
      await user.call('GET', `${artifacts()}/there.txt`, undefined, headers),
    ];

    for (const answer of answers) {
      expect(answer.headers.get('opc-request-id')).toBe('mine-1');
      expect(answer.headers.get('x-request-id')).toBe('mine-1');
    }
  });

  it('is nowhere else', async () => {
    const answer = await user.get('/api/2.0/mlflow/nothing');

    expect(answer.headers.get('opc-request-id')).toBeNull();
  });

  it('may come in the header that all dialects have, where its form allows it', async () => {
    const asked = async (id: string) =>
      (await call('GET', '/nothing', undefined, { 'x-request-id': id })).headers.get(
        'opc-request-id',
      );

    expect(await asked('a-1')).toBe('a-1');
    expect(await asked('a.1')).toMatch(/^[0-9a-f-]{36}$/);
  });
});

describe('a workspace', () => {
  it('is one group: what is in others of the caller is missing', async () => {
    const other = await app.newGroup(user);
    const there = caller(user, other.id);
    const answers = [
      await there('GET', `/experiments/get?experiment_id=${experiment}`),
      await there('GET', `/runs/get?run_id=${run}`),
      await there('POST', '/runs/set-tag', { run_id: run, key: 'a', value: 'b' }),
      await there('POST', '/runs/create', { experiment_id: experiment }),
      await user.get(artifacts().replace(`workspaces/${workspace}`, `workspaces/${other.id}`)),
    ];

    expect(answers.map(({ status }) => status)).toEqual([404, 404, 404, 404, 404]);
    const twin = await there('POST', '/experiments/create', { name: 'all' });
    expect(twin.status).toBe(200);
    const named = await there('GET', '/experiments/get-by-name?experiment_name=all');
    expect(named.body.experiment.experiment_id).toBe(twin.body.experiment_id);
  });

  it('is that of the address, whatever MLflow’s header says', async () => {
    const other = await app.newGroup(user);
    const headers = { 'x-mlflow-workspace': String(other.id) };
    const path = `/experiments/get?experiment_id=${experiment}`;

    expect((await call('GET', path, undefined, headers)).status).toBe(200);
    expect((await caller(user, other.id)('GET', path)).status).toBe(404);
  });

  it('has the same things as MLflow’s own address', async () => {
    const here = await call('GET', `/runs/get?run_id=${run}`);
    const there = await user.get(`/api/2.0/mlflow/runs/get?run_id=${run}`);

    expect(here.text).toBe(there.text);
  });
});

describe('versions', () => {
  const get = (headers: Readonly<Record<string, string>> = {}) =>
    call('GET', `/experiments/get?experiment_id=${experiment}`, undefined, headers);

  it('are in the etag of creations and reads alike, and 304 for who knows them', async () => {
    const made = await call('POST', '/experiments/create', { name: 'of a version' });
    const path = `/experiments/get?experiment_id=${made.body.experiment_id}`;
    const read = await call('GET', path);
    const tag = read.headers.get('etag') ?? '';

    expect(tag).toBe(made.headers.get('etag'));
    const known = await call('GET', path, undefined, { 'if-none-match': tag });
    expect([known.status, known.text, known.headers.get('etag')]).toEqual([304, '', tag]);
    expect(known.headers.get('opc-request-id')).toMatch(REQUEST_ID);
  });

  it('must be the one that an update expects, and are new after it', async () => {
    const made = await call('POST', '/experiments/create', { name: 'of two versions' });
    const update = (new_name: string, tag: string | null) =>
      call('POST', '/experiments/update', { ...made.body, new_name }, { 'if-match': tag ?? '' });
    const tag = made.headers.get('etag');
    const done = await update('of a second', tag);
    const late = await update('of a third', tag);
    const next = await update('of a third', done.headers.get('etag'));

    expect([done.status, late.status, next.status]).toEqual([200, 412, 200]);
    expect(late.body.code).toBe('NoEtagMatch');
    const remove = (if_match: string | null) =>
      call('POST', '/experiments/delete', made.body, { 'if-match': if_match ?? '' });
    expect((await remove(tag)).status).toBe(412);
    expect((await remove(next.headers.get('etag'))).status).toBe(200);
  });

  it('let one of 100 updates at once win (P15)', async () => {
    const made = await call('POST', '/experiments/create', { name: 'of a race' });
    const headers = { 'if-match': made.headers.get('etag') ?? '' };
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, at) =>
        call('POST', '/experiments/update', { ...made.body, new_name: `racer ${at}` }, headers),
      ),
    );

    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 412)).toHaveLength(99);
  });

  it('must match where a change names one, else it is 412', async () => {
    const { headers } = await get();
    const tag = headers.get('etag') ?? '';
    const body = { name: 'if it matches' };
    const refused = await call('POST', '/experiments/create', body, { 'if-match': tag });

    expect([refused.status, refused.body.code]).toEqual([412, 'NoEtagMatch']);
    const named = await call('GET', '/experiments/get-by-name?experiment_name=if+it+matches');
    expect(named.status).toBe(404);
  });
});

describe('a retry token of a run', () => {
  const body = () => ({ experiment_id: experiment, start_time: 1 });

  it('makes 50 tries at once one run', async () => {
    const ask = async (): Promise<Answer> => {
      for (;;) {
        const headers = { 'opc-retry-token': 'fifty' };
        const answer = await call('POST', '/runs/create', body(), headers);
        if (answer.status !== 409) return answer;
        await new Promise((resolve) => setImmediate(resolve));
      }
    };
    const answers = await Promise.all(Array.from({ length: 50 }, ask));

    expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
    expect(answers[0]?.status).toBe(200);
  });

  it.each<
    readonly [string, () => object, string, (answer: Json) => readonly [string, string, object]]
  >([
    [
      '/runs/create',
      body,
      'run',
      ({ run: made }) => ['POST', '/runs/delete', { run_id: made.info.run_id }],
    ],
    [
      '/registered-models/create',
      () => ({ name: 'deleted' }),
      'registered_model',
      () => ['DELETE', '/registered-models/delete', { name: 'deleted' }],
    ],
    [
      '/model-versions/create',
      () => ({ name: 'kept', source: 's3://bucket/model' }),
      'model_version',
      () => ['DELETE', '/model-versions/delete', { name: 'kept', version: '1' }],
    ],
    [
      '/logged-models',
      () => ({ experiment_id: experiment }),
      'model',
      ({ model }) => ['DELETE', `/logged-models/${model.info.model_id}`, {}],
    ],
  ])('of %s is rejected once what it made is deleted', async (path, bodyOf, field, removal) => {
    await call('POST', '/registered-models/create', { name: 'kept' });
    const headers = { 'opc-retry-token': `of ${path}` };
    const first = await call('POST', path, bodyOf(), headers);
    const again = await call('POST', path, bodyOf(), headers);
    const removed = await call(...removal(first.body));
    const late = await call('POST', path, bodyOf(), headers);

    expect([first.status, again.status, removed.status]).toEqual([200, 200, 200]);
    expect(first.body[field]).toBeDefined();
    expect(again.text).toBe(first.text);
    expect([late.status, late.body.code]).toEqual([409, 'InvalidatedRetryToken']);
  });

  it('is the only key: MLflow’s header makes two', async () => {
    const headers = { 'idempotency-key': 'of another dialect' };
    const [one, two] = [
      await call('POST', '/runs/create', body(), headers),
      await call('POST', '/runs/create', body(), headers),
    ];

    expect(one.body.run.info.run_id).not.toBe(two.body.run.info.run_id);
  });
});

it('is described by a document of its own, whole, which needs no workspace', async () => {
  const { body } = await user.get(`${base(workspace)}/api/2.0/mlflow/openapi.json`);
  const { body: anywhere } = await app.client().get('/20260430/openapi.json');
  const plain = await user.get('/api/2.0/mlflow/openapi.json');
  const [server] = body.servers;

  expect(server.url).toBe(
    '/20260430/aiDataPlatforms/{aiDataPlatformId}/workspaces/{workspaceKey}/mlops',
  );
  expect(Object.keys(server.variables)).toEqual(['aiDataPlatformId', 'workspaceKey']);
  expect(Object.keys(body.paths)).toEqual([...Object.keys(plain.body.paths), '/health']);
  expect(anywhere).toEqual(body);
});

it('has nothing else at the address of the document', async () => {
  const answers = [
    await user.post('/20260430/openapi.json', {}),
    await user.get('/20260430/openapi.jsonx'),
    await user.get('/20260430/api/2.0/mlflow/openapi.json'),
  ];

  expect(answers.map(({ status }) => status)).toEqual([404, 404, 404]);
  for (const { body } of answers) expect(typeof body.code).toBe('string');
});

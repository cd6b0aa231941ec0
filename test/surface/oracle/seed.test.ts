/** Oracle's page on "Create an experiment", line by line. */
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { unavailable } from '#kernel/errors.ts';
import {
  type Answer,
  type Client,
  type Json,
  type TestApp,
  type TestUser,
  testApp,
} from '../../support/app.ts';
import { base, type Headers } from './support.ts';

const DAY = 86_400_000;
const REQUEST_ID = /^[A-Za-z0-9_-]+$/;

let app: TestApp;
let user: TestUser;
let workspace: number;
let url: string;
beforeAll(async () => {
  app = testApp();
  user = await app.newUser('dana');
  workspace = (await app.newGroup(user, 'fraud models')).id;
  url = `${base(workspace)}/api/2.0/mlflow/experiments/create`;
});
afterEach(() => vi.restoreAllMocks());
afterAll(async () => {
  expect(app.errors).toEqual([]);
  await app.close();
});

let made = 0;
const name = (): string => {
  made += 1;
  return `experiment ${made}`;
};
const create = (body: unknown, headers: Headers = {}, client: Client = user): Promise<Answer> =>
  client.call('POST', url, body, headers);

function expectError(answer: Answer, status: number, code: string): void {
  expect([answer.status, answer.body?.code]).toEqual([status, code]);
  expect(answer.headers.get('content-type')).toBe('application/json');
  expect(answer.headers.get('opc-request-id')).toMatch(REQUEST_ID);
  expect(answer.body).toEqual({
    code: expect.any(String),
    message: expect.any(String),
    error_code: expect.any(String),
    sqlstate: expect.any(String),
    error_class: expect.any(String),
  });
}

describe('the request', () => {
  it('has a name, and nothing else that it must have', async () => {
    const answer = await create({ name: name() });

    expect(answer.status).toBe(200);
    expectError(await create({}), 400, 'InvalidParameter');
    expectError(await create({ name: '' }), 400, 'InvalidParameter');
    expectError(await create({ name: 5 }), 400, 'InvalidParameter');
  });

  it('has tags of a key and, where there is one, a value', async () => {
    const tags = [{ key: 'team', value: 'risk' }, { key: 'bare' }];
    const { body } = await create({ name: name(), tags });
    const read = await user.get(
      `${base(workspace)}/api/2.0/mlflow/experiments/get?experiment_id=${body.experiment_id}`,
    );

    expect(read.body.experiment.tags).toEqual(
      expect.arrayContaining([
        { key: 'team', value: 'risk' },
        expect.objectContaining({ key: 'bare' }),
      ]),
    );
    expectError(await create({ name: name(), tags: [{ value: 'x' }] }), 400, 'InvalidParameter');
  });

  it('goes to a workspace of the caller, by its key or its name', async () => {
    const byName = `${base('fraud models')}/api/2.0/mlflow/experiments/create`;
    const answer = await user.post(byName, { name: name() });
    const seen = await user.get(`/api/v1/experiments/${answer.body.experiment_id}`);

    expect(answer.status).toBe(200);
    expect(seen.body.group.id).toBe(workspace);
  });

  it.each(['dana', 'id'])('may tell the user principal by %s, if it is the caller', async (by) => {
    const principal = by === 'id' ? String(user.id) : by;
    const headers = { 'dh-user-principal': principal };
    const done = await create({ name: name() }, headers);
    const { body } = await user.get(`/api/v1/groups/${workspace}/audit`);

    expect(done.status).toBe(200);
    expect(body.data.map(({ stated }: Json) => stated)).toContainEqual(headers);
    expectError(
      await create({ name: name() }, { 'dh-user-principal': 'eve' }),
      403,
      'NotAuthorized',
    );
    expectError(await create({ name: name() }, headers, app.client()), 401, 'NotAuthenticated');
  });

  it('may have an id of letters, numbers, underscore and dash', async () => {
    const answer = await create({ name: name() }, { 'opc-request-id': 'My_request-1' });
    const { body } = await user.get(`/api/v1/groups/${workspace}/audit`);

    expect(answer.headers.get('opc-request-id')).toBe('My_request-1');
    expect(body.data.map(({ requestId }: Json) => requestId)).toContain('My_request-1');
  });

  it.each(['a.b', 'a b', 'a/b', '<script>', '', 'ä', 'x'.repeat(129)])(
    'that is called %j gets an id of the server',
    async (id) => {
      const answer = await create({ name: name() }, { 'opc-request-id': id });

      expect(answer.status).toBe(200);
      expect(answer.headers.get('opc-request-id')).toMatch(REQUEST_ID);
      expect(answer.headers.get('opc-request-id')).not.toBe(id);
    },
  );
});

describe('200', () => {
  it('is JSON with the id as a string, an etag and the id of the request', async () => {
    const answer = await create({ name: name() });

    expect(answer.body).toEqual({ experiment_id: expect.stringMatching(/^\w+$/) });
    expect(answer.headers.get('content-type')).toBe('application/json');
    expect(answer.headers.get('etag')).toMatch(/^"[\w.]+"$/);
    expect(answer.headers.get('opc-request-id')).toMatch(REQUEST_ID);
  });
});

describe('a retry token', () => {
  it.each(['x', 'x'.repeat(64)])('has 1 to 64 characters (%#)', async (token) => {
    expect((await create({ name: name() }, { 'opc-retry-token': token })).status).toBe(200);
  });

  it.each(['', 'x'.repeat(65)])('has no fewer and no more (%#)', async (token) => {
    const answer = await create({ name: name() }, { 'opc-retry-token': token });

    expectError(answer, 400, 'InvalidParameter');
  });

  it('makes 50 tries at once one experiment (P13)', async () => {
    const body = { name: name(), tags: [{ key: 'a', value: 'b' }] };
    const ask = async (): Promise<Answer> => {
      for (;;) {
        const answer = await create(body, { 'opc-retry-token': 'fifty' });
        if (answer.status !== 409) return answer;
        expectError(answer, 409, 'IncorrectState');
        expect(answer.headers.get('retry-after')).toBe('1');
        await new Promise((resolve) => setImmediate(resolve));
      }
    };

    const answers = await Promise.all(Array.from({ length: 50 }, ask));

    expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
    expect(answers[0]?.status).toBe(200);
    expect(new Set(answers.map(({ headers }) => headers.get('etag'))).size).toBe(1);
  });

  it('does not stand for another body', async () => {
    const headers = { 'opc-retry-token': 'of one body' };
    await create({ name: name() }, headers);

    expectError(await create({ name: name() }, headers), 409, 'InvalidatedRetryToken');
  });

  it('expires after 24 hours', async () => {
    const headers = { 'opc-retry-token': 'of a day' };
    const first = await create({ name: name() }, headers);
    app.clock.advance(DAY + 1_001);
    const late = await create({ name: name() }, headers);

    expect(late.status).toBe(200);
    expect(late.body).not.toEqual(first.body);
  });

  it('is rejected when the experiment was deleted since', async () => {
    const headers = { 'opc-retry-token': 'of what is deleted' };
    const body = { name: name() };
    const first = await create(body, headers);
    await user.delete(`/api/v1/experiments/${first.body.experiment_id}`);

    expectError(await create(body, headers), 409, 'InvalidatedRetryToken');
  });

  it('is rejected when the experiment was changed since', async () => {
    const headers = { 'opc-retry-token': 'of what is changed' };
    const body = { name: name() };
    const { experiment_id: id } = (await create(body, headers)).body;
    const change = { name: name(), description: '', entrypoints: [] };
    expect((await user.put(`/api/v1/experiments/${id}`, change)).status).toBe(200);

    expectError(await create(body, headers), 409, 'InvalidatedRetryToken');
  });

  it('is another one in another workspace', async () => {
    const other = await app.newGroup(user);
    const elsewhere = `${base(other.id)}/api/2.0/mlflow/experiments/create`;
    const headers = { 'opc-retry-token': 'of two places' };
    const body = { name: name() };
    const answers = [
      await create(body, headers),
      await user.call('POST', elsewhere, body, headers),
    ];

    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect(answers[0]?.body).not.toEqual(answers[1]?.body);
  });
});

describe('errors', () => {
  it('400: what is malformed', async () => {
    expectError(await create('{"name":'), 400, 'InvalidParameter');
    expectError(await create({ name: name(), tags: 'none' }), 400, 'InvalidParameter');
    expectError(await create({ name: name() }, { 'if-match': 'x' }), 400, 'InvalidParameter');
  });

  it('401: nobody, and whoever is unknown', async () => {
    const strangers = [{}, { authorization: 'Bearer x' }, { authorization: 'Basic eDp5' }];
    for (const headers of strangers) {
      expectError(await create({ name: name() }, {}, app.client(headers)), 401, 'NotAuthenticated');
    }
  });

  it('404: workspaces that are not there or not of the caller, and what can be no platform', async () => {
    const stranger = await app.newUser();
    const foreign = await app.newGroup(stranger, 'of strangers');
    const places = [
      foreign.id,
      'of strangers',
      987_654_321,
      'nowhere',
      '0',
      '../1',
      '1 OR 1=1',
      '\u0000',
    ];
    const answers = await Promise.all([
      ...places.map((place) =>
        user.post(`${base(place)}/api/2.0/mlflow/experiments/create`, { name: name() }),
      ),
      user.post(`${base(workspace, '%3Cscript%3E')}/api/2.0/mlflow/experiments/create`, {
        name: name(),
      }),
      user.post(`${base(workspace, 'x'.repeat(256))}/api/2.0/mlflow/experiments/create`, {
        name: name(),
      }),
    ]);

    for (const answer of answers) expectError(answer, 404, 'NotAuthorizedOrNotFound');
    const texts = answers
      .slice(0, places.length)
      .map(({ text }, index) =>
        text.replace(JSON.stringify(String(places[index])).slice(1, -1), '#'),
      );
    expect(new Set(texts).size).toBe(1);
  });

  it('409: a name that is there, which is 400 at MLflow’s own address', async () => {
    const body = { name: name() };
    await create(body);
    const here = await create(body);
    const group = { 'x-mlflow-workspace': String(workspace) };
    const there = await user.call('POST', '/api/2.0/mlflow/experiments/create', body, group);

    expectError(here, 409, 'NotAuthorizedOrResourceAlreadyExists');
    expect(here.body.error_code).toBe('RESOURCE_ALREADY_EXISTS');
    expect(here.body.message).toContain('already exists');
    expect([there.status, there.body.error_code]).toEqual([400, 'RESOURCE_ALREADY_EXISTS']);
    expect(there.body.message).toBe(here.body.message);
  });

  it('409: 50 at once under one name make one', async () => {
    const body = { name: name() };
    const answers = await Promise.all(Array.from({ length: 50 }, () => create(body)));

    const others = answers.filter(({ status }) => status !== 200);
    expect(others).toHaveLength(49);
    for (const each of others) expectError(each, 409, 'NotAuthorizedOrResourceAlreadyExists');
  });

  it('429: what the store refuses for its rate, to be asked again later', async () => {
    const { table } = app.platform;
    const refuse = unavailable('No more.', undefined, { throttled: true });
    vi.spyOn(table, 'transact').mockRejectedValue(refuse);
    const answer = await create({ name: name() });

    expectError(answer, 429, 'TooManyRequests');
    expect(answer.headers.get('retry-after')).toBe('1');
    expect((app.errors as string[]).splice(0)).toEqual([expect.stringContaining('unavailable')]);
  });

  it('500: says nothing of what failed', async () => {
    vi.spyOn(app.platform.table, 'transact').mockRejectedValue(new Error('a secret of the store'));
    const answer = await create({ name: name() });

    expectError(answer, 500, 'InternalServerError');
    expect(answer.text).not.toContain('secret');
    expect((app.errors as string[]).splice(0)).toEqual([expect.stringContaining('a secret')]);
  });

  it('503, which the page leaves to "default": the store is out of reach', async () => {
    vi.spyOn(app.platform.table, 'transact').mockRejectedValue(unavailable('Out of reach.'));

    expectError(await create({ name: name() }), 503, 'ServiceUnavailable');
    expect((app.errors as string[]).splice(0)).toHaveLength(1);
  });
});

it('is described by the document of the API', async () => {
  const { body } = await user.get(`${base(workspace)}/api/2.0/mlflow/openapi.json`);
  const { post } = body.paths['/api/2.0/mlflow/experiments/create'];

  const parameters = post.parameters.map(({ name: each, required }: Json) => [each, required]);
  expect(parameters).toEqual(
    expect.arrayContaining([
      ['dh-user-principal', false],
      ['opc-request-id', false],
      ['opc-retry-token', false],
    ]),
  );
  const { properties, required } = post.requestBody.content['application/json'].schema;
  expect(Object.keys(properties).sort()).toEqual(['artifact_location', 'name', 'tags']);
  expect(required).toEqual(['name']);
  expect(Object.keys(post.responses)).toEqual(
    expect.arrayContaining(['200', '400', '401', '404', '409', '429', '500', 'default']),
  );
  expect(Object.keys(post.responses[200].headers)).toEqual(['opc-request-id', 'etag']);
  expect(post.responses[200].content['application/json'].schema.required).toEqual([
    'experiment_id',
  ]);
  const { error } = body.components.responses;
  expect(error.content['application/json'].schema.required).toEqual(
    expect.arrayContaining(['code', 'message']),
  );
  expect(Object.keys(error.headers)).toEqual(['opc-request-id']);
});

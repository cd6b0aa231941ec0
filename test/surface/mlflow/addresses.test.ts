import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TestApp, type TestUser, testApp } from '../../support/app.ts';

let app: TestApp;
let user: TestUser;
beforeAll(async () => {
  app = testApp();
  user = await app.newUser();
});
afterAll(() => app.close());

describe('addresses that this server does not have', () => {
  it.each([
    '/api/2.0/mlflow/jobs/search',
    '/api/2.0/mlflow/jobs/search/',
    '/api/2.0//mlflow/runs/get',
    '/api//2.0/mlflow/runs/get',
    '/api/2.0/mlflow/RUNS/get',
    '/API/2.0/mlflow/runs/get',
    '/ajax-api/3.0/jobs/',
    '/AJAX-API/3.0/jobs',
    '/api/2.0',
    '/api/2.0mlflow/experiments/search-datasets',
    '/api/9.9/mlflow/runs/get',
    '/api/3.0/',
    '/api/2.0/mlflow/%2e%2e/%2e%2e/x',
    '/GraphQL',
    '/get-artifact/',
    '/model-versions/get-artifact/x',
  ])('are answered as by an older server: %s', async (path) => {
    for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']) {
      const answer = await user.call(method, path, method === 'GET' ? undefined : '{}');
      const known = method === 'GET' && path === '/get-artifact/';

      expect([path, method, answer.status]).toEqual([path, method, known ? 400 : 404]);
      if (known || path.endsWith('/x')) continue;
      expect(answer.body).toMatchObject({ error_code: 'ENDPOINT_NOT_FOUND' });
    }
  });

  it('guard what is there however it is spelt', async () => {
    const statuses = await Promise.all(
      ['/api/2.0/mlflow/runs/get/', '/ajax-api/2.0/mlflow/runs/get', '/graphql/'].map((path) =>
        app.client().call(path.includes('graphql') ? 'POST' : 'GET', `${path}?run_id=a`, {}),
      ),
    );

    expect(statuses.map(({ status }) => status)).toEqual([401, 401, 401]);
  });
});

describe('/health', () => {
  it.each(['', '*/*', 'application/json', 'text/html,*/*'])(
    'tells programs the state and version as JSON: Accept %j',
    async (accept) => {
      const headers: Readonly<Record<string, string>> = accept === '' ? {} : { accept };
      const answer = await app.client().call('GET', '/health', undefined, headers);

      expect(answer.body).toEqual({ status: 'healthy', version: 'test' });
    },
  );

  it('says OK as MLflow does to who asks for text', async () => {
    const accept = { accept: 'text/plain' };
    const answer = await app.client().call('GET', '/health', undefined, accept);

    expect([answer.status, answer.text]).toEqual([200, 'OK']);
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TestApp, testApp } from '../support/app.ts';

let app: TestApp;
beforeAll(() => {
  app = testApp();
});
afterAll(() => app.close());

describe('a token with scopes', () => {
  it('ends no sessions when it may only read', async () => {
    const user = await app.newUser();
    const { token } = await user.newToken(['user:read']);

    const everywhere = await app.bearer(token).post('/api/v1/auth/logout?everywhere=true');

    expect(everywhere.status).toBe(403);
    expect((await user.get('/api/v1/users/current')).status).toBe(200);
  });

  it.each([
    ['POST', '/api/v1/users/current/tokens', { name: 'wider' }],
    ['POST', '/api/v1/users/current/password', {}],
    ['GET', '/api/v1/users/current/tokens', undefined],
    ['POST', '/api/v1/groups', { name: 'mine' }],
  ])('makes itself no wider: %s %s', async (method, path, body) => {
    const user = await app.newUser();
    const { token } = await user.newToken(['user:write', 'group:write', 'job:write']);

    expect((await app.bearer(token).call(method, path, body)).status).toBe(403);
  });

  it.each([
    { 'x-http-method-override': 'DELETE' },
    { 'x-method-override': 'DELETE' },
    { 'x-http-method': 'DELETE' },
  ])('changes no method by a header: %o', async (headers) => {
    const user = await app.newUser();
    const { id, token } = await user.newToken(['queue:read']);
    const reader = app.bearer(token);

    const queue = await reader.call('GET', '/api/v1/queues?_method=POST', undefined, headers);
    const tokens = `/api/v1/users/current/tokens/${id}?_method=DELETE`;
    const removed = await user.call('POST', tokens, { _method: 'DELETE' }, headers);

    expect([queue.status, removed.status]).toEqual([200, 405]);
    expect((await reader.get('/api/v1/queues')).status).toBe(200);
  });
});

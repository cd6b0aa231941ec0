import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ORIGIN, type TestApp, testApp } from '../../support/app.ts';

const LOGIN = '/api/v1/auth/login';
const LOGOUT = '/api/v1/auth/logout';
const ME = '/api/v1/users/current';

let app: TestApp;
beforeEach(() => {
  app = testApp();
});
afterEach(() => app.close());

describe('a request with our cookie from a browser', () => {
  const POST = (headers: Record<string, string>) => ({ method: 'POST', headers, body: '{}' });

  it.each([
    ['another site', { 'sec-fetch-site': 'cross-site' }, 403],
    ['another host of our site', { 'sec-fetch-site': 'same-site' }, 403],
    ['our pages', { 'sec-fetch-site': 'same-origin' }, 200],
    ['the address bar', { 'sec-fetch-site': 'none' }, 200],
    ['another origin', { origin: 'http://evil.test' }, 403],
    ['another port', { origin: 'http://assay.test:81' }, 403],
    ['a page without origin', { origin: 'null' }, 403],
    ['our origin', { origin: ORIGIN }, 200],
    ['a client that is no browser', {}, 200],
  ])('from %s', async (_from, headers: Record<string, string>, status) => {
    const { cookie, username, password, newToken } = await app.newUser();
    const { token } = await newToken();
    const login = JSON.stringify({ username, password });

    const write = await app.fetch(LOGOUT, POST({ cookie, ...headers }));
    const signIn = await app.fetch(LOGIN, { ...POST(headers), body: login });
    const read = await app.fetch(ME, { headers: { authorization: `Bearer ${token}` } });
    const bearer = await app.fetch(LOGOUT, POST({ authorization: `Bearer ${token}`, ...headers }));

    expect(write.status).toBe(status);
    expect(signIn.status).toBe(status);
    expect(read.status).toBe(200);
    // Nobody's browser adds a Bearer header by itself.
    expect(bearer.status).toBe(200);
    expect(write.headers.get('access-control-allow-origin')).toBeNull();
  });
});

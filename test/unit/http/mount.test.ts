import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import type { Dialect } from '#http/dialect.ts';
import { mountDialect } from '#http/mount.ts';
import { type Access, PUBLIC, reads, route, WORKER, writes } from '#http/route.ts';
import type { Actor, Platform } from '#kernel/context.ts';
import { AppError } from '#kernel/errors.ts';

const logged: string[] = [];
const platform = {
  log: {
    info: () => undefined,
    error: (event: string, fields?: object) => void logged.push(JSON.stringify([event, fields])),
  },
} as unknown as Platform;

const dialect = (...routes: Dialect['routes']): Dialect => ({
  routes,
  invalidInput: (place, issues) =>
    new AppError('invalid', `${place}: ${issues.map(({ path }) => path.join('.')).join()}`),
  invalidJson: (message) => new AppError('invalid', message),
  errorResponse: (error) => {
    const status =
      error.code === 'not_found' ? 404 : error.code === 'method_not_allowed' ? 405 : 400;
    return Response.json({ code: error.code, message: error.message }, { status });
  },
  respond: (value) => Response.json(value),
});

const GET = { method: 'GET', operationId: 'x', summary: '', access: PUBLIC } as const;
const mount = (table: Dialect, actor: Actor = { kind: 'anonymous' }) =>
  mountDialect(table, {
    platform,
    defer: () => undefined,
    authenticate: async () => actor,
    renewed: async () => undefined,
  });
const bodyOf = async (response: Response | Promise<Response>) =>
  JSON.parse(await (await response).text());

describe('addresses', () => {
  const app = mount(
    dialect(
      route({ ...GET, path: '/a/{id:int}', handle: async ({ params }) => params }),
      route({ ...GET, path: '/a/special', handle: async () => 'special' }),
      route({ ...GET, path: '/b/{name}', handle: async ({ params }) => params }),
      route({ ...GET, path: '/c/{path*}', handle: async ({ params }) => params }),
      route({ ...GET, path: '/d:check', handle: async () => 'checked' }),
      route({ ...GET, method: 'PUT', path: '/a/{id:int}', handle: async () => 'put' }),
    ),
  );

  it.each([
    ['/a/7', { id: 7 }],
    ['/a/7/', { id: 7 }],
    ['/a/special', 'special'],
    ['/b/x%20y', { name: 'x y' }],
    ['/b/..%2f..%2fetc', { name: '../../etc' }],
    ['/b/%252e', { name: '%2e' }],
    ['/c/x/y/z', { path: 'x/y/z' }],
    ['/d:check', 'checked'],
  ])('%s', async (path, body) => {
    expect(await bodyOf(app.request(path))).toEqual(body);
  });

  it.each(['/', '/a', '/a/x', '/a/-1', '/a/1e3', '/a/9007199254740993', '/b', '/c', '/e', '//a/7'])(
    '%s is none',
    async (path) => {
      const response = await app.request(path);

      expect([response.status, (await bodyOf(response)).code]).toEqual([404, 'not_found']);
    },
  );

  it('say which methods they have', async () => {
    const response = await app.request('/a/7', { method: 'POST' });

    expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, PUT']);
    expect((await app.request('/a/special', { method: 'PUT' })).headers.get('allow')).toBe('GET');
    expect((await app.request('/a/7', { method: 'HEAD' })).status).toBe(200);
  });
});

describe('who may call', () => {
  const user = (scopes?: readonly string[]): Actor => ({
    kind: 'user',
    userId: 1,
    username: 'anna',
    memberships: new Map(),
    ...(scopes === undefined ? {} : { scopes }),
  });
  const job = { kind: 'job' } as Actor;
  const worker: Actor = { kind: 'worker', pool: 'p', tokenHash: 'h' };
  const login: Access = { kind: 'login' };
  const codeOf = async (access: Access, actor: Actor): Promise<string> => {
    const app = mount(
      dialect(route({ ...GET, access, path: '/a', handle: async () => 'ok' })),
      actor,
    );
    const body = await bodyOf(app.request('/a'));
    return body === 'ok' ? 'ok' : body.code;
  };

  it.each([
    ['anybody', PUBLIC, { kind: 'anonymous' } as Actor, 'ok'],
    ['nobody', login, { kind: 'anonymous' } as Actor, 'unauthenticated'],
    ['a user', login, user(), 'ok'],
    ['a token', login, user(['a:write']), 'forbidden'],
    ['a token of everything', login, user(['*']), 'ok'],
    ['a token', reads('a'), user(['a:read']), 'ok'],
    ['a stronger token', reads('a'), user(['a:write']), 'ok'],
    ['a weaker token', writes('a'), user(['a:read']), 'forbidden'],
    ['a token of another object', reads('a'), user(['ab:read', 'b:write']), 'forbidden'],
    ['a token without any scope', reads('a'), user([]), 'forbidden'],
    ['a job', reads('a'), job, 'forbidden'],
    ['a job', reads('a', { jobs: true }), job, 'ok'],
    ['a job', login, job, 'forbidden'],
    ['a worker', reads('a', { jobs: true }), worker, 'forbidden'],
    ['a worker', WORKER, worker, 'ok'],
    ['a user', WORKER, user(), 'forbidden'],
    ['a job', WORKER, job, 'forbidden'],
    ['the system', login, { kind: 'system' } as Actor, 'forbidden'],
  ])('%s on %j', async (_who, access, actor, code) => {
    expect(await codeOf(access, actor)).toBe(code);
  });
});

describe('failures', () => {
  const failing = (error: unknown) =>
    mount(
      dialect(
        route({
          ...GET,
          path: '/a',
          handle: async () => {
            throw error;
          },
        }),
      ),
    );

  it('of no known kind say nothing to the caller and all to the log', async () => {
    const body = await bodyOf(failing(new TypeError('secret detail')).request('/a'));

    expect(body).toEqual({ code: 'internal', message: 'An unexpected error occurred.' });
    expect(logged.join()).toContain('secret detail');
    expect(await bodyOf(failing('a string').request('/a'))).toMatchObject({ code: 'internal' });
  });

  it('of a known kind keep their words', async () => {
    const body = await bodyOf(failing(new AppError('conflict', 'taken')).request('/a'));

    expect(body).toEqual({ code: 'conflict', message: 'taken' });
  });
});

describe('input', () => {
  const app = mount(
    dialect(
      route({
        ...GET,
        method: 'POST',
        path: '/a',
        query: z.object({ n: z.string().optional(), all: z.array(z.string()).optional() }),
        body: z.strictObject({ text: z.string().optional() }),
        bodyOptional: true,
        handle: async ({ query, body }) => ({ query, body }),
      }),
    ),
  );
  const post = (path: string, body?: string | Uint8Array<ArrayBuffer>) =>
    bodyOf(app.request(path, { method: 'POST', ...(body === undefined ? {} : { body }) }));

  it('is what the schemas make of it', async () => {
    expect(await post('/a?n=1&all=a&all=b&other=x', '{"text":"ä"}')).toEqual({
      query: { n: '1', all: ['a', 'b'] },
      body: { text: 'ä' },
    });
    expect(await post('/a')).toEqual({ query: {}, body: {} });
  });

  it('is refused with its place', async () => {
    expect(await post('/a?n=1&n=2', '{}')).toMatchObject({ message: 'query: n' });
    expect(await post('/a', '{"text":1}')).toMatchObject({ message: 'body: text' });
    expect(await post('/a', '{')).toMatchObject({ message: 'The body is not valid JSON.' });
    expect(await post('/a', new Uint8Array([0x22, 0xff, 0x22]))).toMatchObject({ code: 'invalid' });
    expect(await post('/a?__proto__=1', '{}')).toEqual({ query: {}, body: {} });
  });
});

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { membershipWrites } from '#domain/identity/account.items.ts';
import { forgetUser } from '#domain/identity/index.ts';
import { createWorkerToken } from '#domain/jobs/index.ts';
import { type EmbeddedPlatform, embeddedPlatform } from '#embedded/context.ts';
import { buildApp } from '#entry/app.ts';
import { inProcess } from '#entry/background.ts';
import { sourceFiles } from '#entry/docs/source-files.ts';
import { localWarehouse } from '#entry/local-warehouse.ts';
import { createCache } from '#kernel/cache.ts';
import type { Context, GroupFlags, Platform, Settings } from '#kernel/context.ts';
import type { ErrorDetail } from '#kernel/errors.ts';
import { type Meter, meterPorts } from '#kernel/meter.ts';
import type { Table } from '#kernel/table.ts';
import { type MovableClock, movableClock } from './clock.ts';

/** Where the requests of tests seem to go. */
export const ORIGIN = 'http://assay.test';

// biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape.
export type Json = any;

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** The body as it came. */
  readonly text: string;
  /** The body as JSON; undefined when it is none. */
  readonly body: Json;
}

/** Calls the API with the same headers each time. */
export interface Client {
  /** A GET goes without its body. */
  call(
    method: string,
    path: string,
    body?: unknown,
    headers?: Readonly<Record<string, string>>,
  ): Promise<Answer>;
  get(path: string): Promise<Answer>;
  post(path: string, body?: unknown): Promise<Answer>;
  put(path: string, body?: unknown): Promise<Answer>;
  delete(path: string): Promise<Answer>;
}

export interface TestUser extends Client {
  readonly id: number;
  readonly username: string;
  readonly password: string;
  /** Both cookies of the login. */
  readonly cookie: string;
  /** A personal token of this user. */
  newToken(scopes?: readonly string[]): Promise<{ readonly id: string; readonly token: string }>;
}

export interface TestGroup {
  readonly id: number;
  readonly name: string;
}

export interface TestApp {
  /** The embedded ports; another table takes no part in them. */
  readonly platform: EmbeddedPlatform;
  readonly meter: Meter;
  readonly clock: MovableClock;
  /** Lines of the log at level error, secrets included if there are any. */
  readonly errors: readonly string[];
  /** The platform's own context, for what has no route. */
  readonly system: Context;
  fetch(path: string, init?: RequestInit): Promise<Response>;
  client(headers?: Readonly<Record<string, string>>): Client;
  bearer(token: string): Client;
  newUser(username?: string): Promise<TestUser>;
  newGroup(owner: Client, name?: string): Promise<TestGroup>;
  /** Makes a user a member of a group with these flags; there is no route for it. */
  join(user: TestUser, group: TestGroup, flags: Partial<GroupFlags>): Promise<void>;
  newWorkerToken(pool?: string): Promise<string>;
  /** Resolves when the work that answers left behind is done. */
  settled(): Promise<void>;
  /** Another process of the same deployment: the same stores, nothing cached, its clock so far ahead. */
  otherProcess(aheadMs?: number): TestApp;
  close(): Promise<void>;
}

const NO_FLAGS: GroupFlags = {
  read: false,
  write: false,
  shareRead: false,
  shareWrite: false,
  owner: false,
  admin: false,
};
/** May read the group and nothing else. */
export const READER: Partial<GroupFlags> = { read: true };

async function toAnswer(response: Response): Promise<Answer> {
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.startsWith('application/json') === true;
  const body = isJson && text !== '' ? JSON.parse(text) : undefined;
  return { status: response.status, headers: response.headers, text, body };
}

/** A string goes as it is, everything else but a form as JSON. */
const encoded = (body: unknown): string | undefined =>
  body === undefined || typeof body === 'string' ? body : JSON.stringify(body);

function clientOf(fetch: TestApp['fetch'], own: Readonly<Record<string, string>>): Client {
  const call: Client['call'] = async (method, path, body, headers = {}) => {
    // The type of a form names its boundary, so the platform makes it.
    if (body instanceof FormData) {
      return toAnswer(await fetch(path, { method, headers: { ...own, ...headers }, body }));
    }
    const text = method === 'GET' || method === 'HEAD' ? undefined : encoded(body);
    const type = text === undefined ? {} : { 'content-type': 'application/json' };
    const init = { method, headers: { ...type, ...own, ...headers } };
    return toAnswer(await fetch(path, text === undefined ? init : { ...init, body: text }));
  };
  return {
    call,
    get: (path) => call('GET', path),
    post: (path, body) => call('POST', path, body),
    put: (path, body) => call('PUT', path, body),
    delete: (path) => call('DELETE', path),
  };
}

/** The cookies that an answer sets, as a browser sends them back. */
export const cookiesOf = (headers: Headers): string =>
  headers
    .getSetCookie()
    .map((cookie) => cookie.split(';')[0])
    .join('; ');

function must(answer: Answer): Json {
  if (answer.status !== 200) throw new Error(`${answer.status}: ${answer.text}`);
  return answer.body;
}

function testUsers(fetch: TestApp['fetch'], nextName: () => string) {
  return async (username = nextName()): Promise<TestUser> => {
    const anonymous = clientOf(fetch, {});
    const password = `secret of ${username}`;
    const { id } = must(
      await anonymous.post('/api/v1/users', {
        username,
        email: `${username}@assay.test`,
        password,
        confirmPassword: password,
      }),
    );
    const login = await anonymous.post('/api/v1/auth/login', { username, password });
    must(login);
    const cookie = cookiesOf(login.headers);
    const client = clientOf(fetch, { cookie });
    return {
      ...client,
      id,
      username,
      password,
      cookie,
      async newToken(scopes) {
        const body = { name: 'of a test', ...(scopes === undefined ? {} : { scopes }) };
        return must(await client.post('/api/v1/users/current/tokens', body));
      },
    };
  };
}

interface Shared {
  readonly embedded: EmbeddedPlatform;
  readonly table: Table;
  readonly clock: MovableClock;
  readonly errors: string[];
  readonly nextName: (kind: string) => string;
}

function processOf(shared: Shared, embedded: EmbeddedPlatform, end: () => void): TestApp {
  const { meter, ...ports } = meterPorts({ ...embedded, table: shared.table });
  const platform: Platform = { ...embedded, ...ports };
  const deferred = new Set<Promise<unknown>>();
  const defer = (work: Promise<unknown>): void => {
    const done = work.catch((error: unknown) => shared.errors.push(`deferred: ${String(error)}`));
    deferred.add(done);
    void done.finally(() => deferred.delete(done));
  };
  const app = buildApp(platform, defer, { docs: sourceFiles });
  const system: Context = { ...platform, actor: { kind: 'system' }, defer };
  const fetch: TestApp['fetch'] = async (path, init) =>
    app.fetch(new Request(new URL(path, ORIGIN), init));
  const settled = async (): Promise<void> => {
    while (deferred.size > 0) await Promise.all(deferred);
  };
  return {
    platform: embedded,
    meter,
    clock: shared.clock,
    errors: shared.errors,
    system,
    fetch,
    client: (headers = {}) => clientOf(fetch, headers),
    bearer: (token) => clientOf(fetch, { authorization: `Bearer ${token}` }),
    newUser: testUsers(fetch, () => shared.nextName('user')),
    newGroup: async (owner, name = shared.nextName('group')) =>
      must(await owner.post('/api/v1/groups', { name })),
    async join(user, group, flags) {
      await shared.table.transact(
        membershipWrites({ ...user, email: `${user.username}@assay.test` }, group, {
          ...NO_FLAGS,
          ...flags,
        }),
      );
      forgetUser(embedded, user.id);
    },
    newWorkerToken: (pool = 'default') => createWorkerToken(system, { pool, seconds: 3_600 }),
    settled,
    otherProcess(aheadMs = 0) {
      const clock = { now: () => shared.clock.now() + aheadMs };
      return processOf(shared, { ...embedded, clock, cache: createCache(clock) }, () => undefined);
    },
    async close() {
      await settled();
      end();
    },
  };
}

/**
 * The whole API on an empty store in memory, as the server runs it, with a clock that tests move; on
 * another table or with other repositories where a test brings them.
 */
export function testApp(
  settings: Partial<Settings> = {},
  {
    table,
    warehouse,
    ...ports
  }: Partial<Pick<Platform, 'repositories' | 'table' | 'warehouse'>> = {},
): TestApp {
  const folder = mkdtempSync(join(tmpdir(), 'assay-app-'));
  const clock = movableClock();
  const errors: string[] = [];
  const embedded = embeddedPlatform({
    folder,
    inMemory: true,
    baseUrl: ORIGIN,
    secret: 'the secret of the test app, which signs URLs',
    clock,
    background: inProcess,
    warehouse: (blobs) => warehouse ?? localWarehouse(blobs, folder),
    ...ports,
    log: {
      info: () => undefined,
      error: (event: string, fields?: ErrorDetail) =>
        void errors.push(JSON.stringify({ event, ...fields })),
    },
    settings: {
      registration: 'open',
      pools: [{ name: 'default', kind: 'managed' }],
      passwordLogN: 10,
      version: 'test',
      ...settings,
    },
  });
  let made = 0;
  const nextName = (kind: string): string => {
    made += 1;
    return `${kind}-${made}`;
  };
  const shared = { embedded, table: table ?? embedded.table, clock, errors, nextName };
  return processOf(shared, embedded, () => {
    embedded.close();
    rmSync(folder, { recursive: true, force: true });
  });
}

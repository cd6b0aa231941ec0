import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EmbeddedPlatform, embeddedPlatform } from '#embedded/context.ts';
import { buildApp } from '#entry/app.ts';
import { type MovableClock, movableClock } from '../../support/clock.ts';

const ORIGIN = 'http://assay.test';
const PASSWORD = 'a long enough password';

// biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
type Json = any;
export interface Answer {
  readonly status: number;
  readonly json: Json;
  readonly bytes: Uint8Array;
  readonly headers: Headers;
}
type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

export interface Workbench {
  readonly platform: EmbeddedPlatform;
  readonly clock: MovableClock;
  /** Calls a route below /api/v1 as alice, or as somebody else; '' is nobody. Text is sent as it is. */
  readonly call: (method: Method, path: string, body?: unknown, as?: string) => Promise<Answer>;
  /** The same, where only a success will do; gives the JSON. */
  readonly ok: (method: Method, path: string, body?: unknown, as?: string) => Promise<Json>;
  /** Fetches a signed URL of the blob store. */
  readonly fetchBlob: (url: string) => Promise<Response>;
  readonly close: () => Promise<void>;
}

function parsed(bytes: Uint8Array, type: string | null): Json {
  return type?.includes('json') === true ? JSON.parse(new TextDecoder().decode(bytes)) : undefined;
}

/** The whole API on embedded ports, with alice (who made the group `public`, id 1) and bob in it. */
export async function openWorkbench(): Promise<Workbench> {
  const folder = await mkdtemp(join(tmpdir(), 'assay-dioptra-'));
  const clock = movableClock();
  const platform = embeddedPlatform({
    folder,
    inMemory: true,
    baseUrl: `${ORIGIN}/blobs`,
    secret: 'a secret of these tests only',
    clock,
    settings: { registration: 'open', pools: [], passwordLogN: 4, version: 'test' },
    log: { info: () => undefined, error: (event, fields) => console.error(event, fields) },
  });
  const deferred: Promise<unknown>[] = [];
  const app = buildApp(platform, (work) => deferred.push(work));
  const call: Workbench['call'] = async (method, path, body, as = 'alice') => {
    const headers = new Headers(body === undefined ? {} : { 'content-type': 'application/json' });
    if (as !== '') headers.set('authorization', `Basic ${btoa(`${as}:${PASSWORD}`)}`);
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const init = body === undefined ? {} : { body: text };
    const url = `${ORIGIN}/api/v1${path}`;
    const response = await app.request(url, { method, headers, ...init });
    const bytes = new Uint8Array(await response.arrayBuffer());
    await Promise.all(deferred.splice(0));
    const json = parsed(bytes, response.headers.get('content-type'));
    return { status: response.status, json, bytes, headers: response.headers };
  };
  const ok: Workbench['ok'] = async (method, path, body, as) => {
    const answer = await call(method, path, body, as);
    if (answer.status === 200) return answer.json;
    throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.json)}`);
  };
  for (const username of ['alice', 'bob']) {
    const passwords = { password: PASSWORD, confirmPassword: PASSWORD };
    await ok('POST', '/users', { username, email: `${username}@assay.test`, ...passwords }, '');
  }
  return {
    platform,
    clock,
    call,
    ok,
    fetchBlob: (url) => platform.blobs.handleRequest(new Request(url)),
    close: async () => {
      platform.close();
      await rm(folder, { recursive: true });
    },
  };
}

/** Ids of the built-in types of the group `public`. */
export const TYPE = { any: 1, string: 2, integer: 3, number: 4, boolean: 5, null: 6 } as const;

/** A file with one function and one artifact task. */
export const sampleFile = (overrides: object = {}) => ({
  filename: 'steps.py',
  contents: 'def greet(name):\n    return name\n',
  description: 'says hello',
  tasks: {
    functions: [
      {
        name: 'greet',
        inputParams: [{ name: 'name', parameterType: TYPE.string, required: true }],
        outputParams: [{ name: 'greeting', parameterType: TYPE.string }],
      },
    ],
    artifacts: [],
  },
  ...overrides,
});

export const writerFile = (overrides: object = {}) => ({
  filename: 'writer.py',
  contents: 'class TextWriter: pass\n',
  tasks: {
    artifacts: [
      { name: 'text_writer', outputParams: [{ name: 'text', parameterType: TYPE.string }] },
    ],
  },
  ...overrides,
});

/** Creates a plugin with one file; gives both. */
export async function newPlugin(
  { ok }: Workbench,
  name: string,
  file: object = sampleFile(),
  group = 1,
): Promise<{ readonly plugin: Json; readonly file: Json }> {
  const { id } = await ok('POST', '/plugins', { group, name });
  const made = await ok('POST', `/plugins/${id}/files`, file);
  return { plugin: await ok('GET', `/plugins/${id}`), file: made };
}

/** A server with a project, its flags, and what was sent to it. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { embeddedPlatform } from '#embedded/context.ts';
import { startLocal } from '#entry/local.ts';
import type { Blobs } from '#kernel/blobs.ts';
import { ensurePosthogPython } from '../../../infra/local/sample/python.ts';

// biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape.
type Json = any;

export interface OpenProject {
  readonly host: string;
  readonly token: string;
  readonly key: string;
  readonly id: number;
  call(method: string, path: string, body?: object): Promise<Json>;
}

export interface Project extends OpenProject {
  /** The events that are stored, each once however often it came. */
  events(): Promise<readonly Json[]>;
  close(): Promise<void>;
}

const quiet = { info: () => undefined, error: () => undefined };

/** What lies in the store of a group, before it is packed. */
async function storedEvents(blobs: Blobs, groupId: number): Promise<readonly Json[]> {
  const byUuid = new Map<string, Json>();
  const { objects } = await blobs.list(`events/${groupId}/incoming/`);
  for (const { key } of objects) {
    const packed = await blobs.get(key);
    // Another process may just have packed it.
    if (packed === undefined) continue;
    for (const line of gunzipSync(packed).toString().trim().split('\n')) {
      const event = JSON.parse(line);
      byUuid.set(event.uuid, event);
    }
  }
  return [...byUuid.values()];
}

export const FIRST_USER = 'dana';

/** Makes a group as a project, and a personal key of all scopes, as the first user of a server. */
export async function openProject(host: string, password: string): Promise<OpenProject> {
  const callAs =
    (authorization: string): Project['call'] =>
    async (method, path, body) => {
      const answer = await fetch(`${host}${path}`, {
        method,
        headers: { authorization, 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await answer.text();
      if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
      return text === '' ? undefined : JSON.parse(text);
    };
  const basic = Buffer.from(`${FIRST_USER}:${password}`).toString('base64');
  const asPerson = callAs(`Basic ${basic}`);
  const { id } = await asPerson('POST', '/api/v1/groups', { name: 'shop' });
  const { value: key } = await asPerson('POST', '/api/personal_api_keys/', {
    label: 'tests',
    scopes: ['*'],
  });
  const { api_token: token } = await asPerson('GET', `/api/projects/${id}/`);
  return { host, token, key, id, call: callAs(`Bearer ${key}`) };
}

/** A server with an account, a group of it as a project, and a personal key of all scopes. */
export async function newProject(): Promise<Project> {
  const folder = await mkdtemp(join(tmpdir(), 'assay-posthog-'));
  const local = await startLocal({ folder, port: 0, registration: 'open', log: quiet });
  const beside = embeddedPlatform({
    folder,
    baseUrl: 'http://localhost',
    secret: 'nobody signs with this one',
    settings: { registration: 'open', pools: [], passwordLogN: 10, version: 'test' },
    log: quiet,
  });
  const { password = '' } = (await local.createFirstUser(FIRST_USER)) ?? {};
  const account = await openProject(local.url, password);
  return {
    ...account,
    events: () => storedEvents(beside.blobs, account.id),
    async close() {
      beside.close();
      await local.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

const script = fileURLToPath(new URL('./sdk.py', import.meta.url));
const run = promisify(execFile);

/** What a program of Python does, and what it prints. */
export async function python(act: string, scene: object): Promise<Json> {
  const { stdout } = await run(await ensurePosthogPython(), [script, act, JSON.stringify(scene)], {
    maxBuffer: 64 * 1024 * 1024,
  });
  return JSON.parse(stdout);
}

/** One request as it passed through. */
export interface Passed {
  readonly method: string;
  readonly path: string;
  readonly body: Buffer;
  readonly headers: IncomingMessage['headers'];
}

export interface Relay {
  readonly host: string;
  readonly passed: readonly Passed[];
  /** Answers with a status instead of asking the server, where it says one. */
  refuse: (call: Passed) => number | undefined;
  /** Sends what passes twice, as a network that repeats does. */
  doubles: (call: Passed) => boolean;
  close(): Promise<void>;
}

async function bodyOf(stream: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

const ask = (host: string, call: Passed) =>
  new Promise<{ readonly message: IncomingMessage; readonly body: Buffer }>((resolve, reject) => {
    const { method, path, headers, body } = call;
    const sent = request(new URL(path, host), { method, headers }, async (message) => {
      resolve({ message, body: await bodyOf(message) });
    });
    sent.on('error', reject);
    sent.end(body);
  });

/** Stands between SDKs and the server: sees what they send, and can spoil it. */
export async function startRelay(host: string): Promise<Relay> {
  const passed: Passed[] = [];
  const relay = {
    refuse: (_: Passed): number | undefined => undefined,
    doubles: (_: Passed): boolean => false,
  };
  const answer = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const { method = 'GET', url: path = '/', headers } = incoming;
    const call: Passed = { method, path, headers, body: await bodyOf(incoming) };
    passed.push(call);
    const status = relay.refuse(call);
    if (status !== undefined) {
      outgoing.writeHead(status, { 'content-type': 'application/json' }).end('{}');
      return;
    }
    if (relay.doubles(call)) await ask(host, call);
    const { message, body } = await ask(host, call);
    outgoing.writeHead(message.statusCode ?? 500, message.headers).end(body);
  };
  const server = createServer((incoming, outgoing) => {
    answer(incoming, outgoing).catch(() => outgoing.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return Object.assign(relay, {
    host: `http://127.0.0.1:${port}`,
    passed,
    close: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  });
}

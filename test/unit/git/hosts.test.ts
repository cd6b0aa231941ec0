import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '#kernel/errors.ts';
import { RepositoryRefused } from '#kernel/repositories.ts';
import { type GitServer, startGitServer } from '../../support/git-server.ts';
import { fetchAll } from './support.ts';

let server: GitServer;
let commit = '';
beforeAll(async () => {
  server = await startGitServer();
  const made = server.create('kept');
  made.write({ 'a.txt': 'a' });
  commit = made.commit();
});
afterAll(() => server.close());
beforeEach(() => {
  server.handler = undefined;
  server.calls.length = 0;
});

const ADVERTISEMENT = 'application/x-git-upload-pack-advertisement';
const RESULT = 'application/x-git-upload-pack-result';
const frame = (text: string | Buffer): Buffer =>
  Buffer.concat([
    Buffer.from((text.length + 4).toString(16).padStart(4, '0')),
    Buffer.from(text as string),
  ]);
const lines = (...texts: readonly string[]) =>
  Buffer.concat([...texts.map((text) => frame(`${text}\n`)), Buffer.from('0000')]);
const GOOD = lines('version 2', 'ls-refs=unborn', 'fetch=shallow', 'object-format=sha1');

type Reply = (response: ServerResponse, request: IncomingMessage) => void;
const reply =
  (status: number, headers: Readonly<Record<string, string>> = {}, body?: Buffer): Reply =>
  (response) =>
    void response.writeHead(status, headers).end(body);
const advertising = (body: Buffer): Reply => reply(200, { 'content-type': ADVERTISEMENT }, body);

/** A host that says what it can do as it should, and answers commands as it is told. */
const answering =
  (refs: Reply, pack: Reply = refs) =>
  (request: IncomingMessage, response: ServerResponse) => {
    if (request.method === 'GET') return advertising(GOOD)(response, request);
    let text = '';
    request.on('data', (chunk: Buffer) => {
      text += chunk;
    });
    request.on('end', () => (text.includes('ls-refs') ? refs : pack)(response, request));
  };
const REFS = reply(200, { 'content-type': RESULT }, lines(`${'a'.repeat(40)} HEAD`));
const result = (body: Buffer): Reply => reply(200, { 'content-type': RESULT }, body);

const failure = async (url = server.url('kept'), ref?: string): Promise<Error> => {
  const caught = await fetchAll(url, {
    ...(ref === undefined ? {} : { ref }),
    limits: { seconds: 3 },
  }).catch((error: unknown) => error);
  return caught as Error;
};

describe('a host', () => {
  it.each<readonly [string, Reply, RegExp]>([
    ['needs authentication', reply(401, { 'www-authenticate': 'Basic' }), /authentication/],
    ['forbids', reply(403), /authentication/],
    ['has nothing there', reply(404), /no repository is there/],
    ['answers a page', reply(200, { 'content-type': 'text/html' }), /media type/],
    [
      'answers as an old one',
      advertising(lines(`${'a'.repeat(40)} HEAD\0side-band`)),
      /protocol 2/,
    ],
    [
      'names its objects otherwise',
      advertising(lines('version 2', 'ls-refs', 'fetch=shallow', 'object-format=sha256')),
      /SHA-1/,
    ],
    ['sends no part', advertising(lines('version 2', 'ls-refs', 'fetch')), /without its history/],
    ['sends nothing', advertising(Buffer.alloc(0)), /ends early/],
    ['sends half a frame', advertising(Buffer.from('0030version')), /within a frame/],
    ['sends frames of no length', advertising(Buffer.from('zzzzversion 2')), /frame without/],
    ['sends frames of three bytes', advertising(Buffer.from('0003x')), /frame without/],
    ['says why not', advertising(frame('ERR go\u0007 away\n')), /says "go\? away"/],
    [
      'packs its answer',
      reply(200, { 'content-type': ADVERTISEMENT, 'content-encoding': 'gzip' }, GOOD),
      /media type/,
    ],
    [
      'answers too much',
      advertising(Buffer.alloc(6_000_000, frame('x'.repeat(996)))),
      /too many lines/,
    ],
  ])('that %s is refused', async (_, handler, message) => {
    server.handler = (request, response) => handler(response, request);

    const error = await failure();

    expect(error).toBeInstanceOf(RepositoryRefused);
    expect(error.message).toMatch(message);
    expect(server.calls).toHaveLength(1);
  });

  it.each<readonly [string, Reply, Reply, RegExp]>([
    ['names refs that are none', result(lines('nonsense')), REFS, /a ref that is none/],
    ['ends the refs early', result(frame('x')), REFS, /ends early|a ref/],
    ['redirects a command', reply(307, { location: '/kept/git-upload-pack' }), REFS, /elsewhere/],
    ['sends no pack', REFS, result(lines('packfile')), /broken pack/],
    ['fails in the middle', REFS, result(lines('packfile', '\u0003out of disk')), /out of disk/],
    ['sends a band of its own', REFS, result(lines('packfile', '\u0007x')), /unknown band/],
    [
      'sends a broken pack',
      REFS,
      result(lines('packfile', `\u0001PACK${'x'.repeat(60)}`)),
      /broken/,
    ],
    ['sends no end', REFS, result(frame('packfile\n')), /ends early/],
  ])('that %s is refused', async (_, refs, pack, message) => {
    server.handler = answering(refs, pack);

    const error = await failure();

    expect(error).toBeInstanceOf(RepositoryRefused);
    expect(error.message).toMatch(message);
  });

  it.each<readonly [string, Reply]>([
    ['is overloaded', reply(503)],
    ['has had enough', reply(429)],
    ['hangs up', (response) => response.destroy()],
    [
      'hangs up in the middle',
      (response) => {
        response.writeHead(200, { 'content-type': ADVERTISEMENT }).write('0030');
        setTimeout(() => response.destroy(), 20);
      },
    ],
  ])('that %s may be asked again', async (_, handler) => {
    server.handler = (request, response) => handler(response, request);

    const error = await failure();

    expect(error).toBeInstanceOf(AppError);
    expect(error).toMatchObject({ code: 'unavailable', retryAfter: 1 });
  });

  it('that answers byte by byte is left when the time is over', async () => {
    server.handler = (_, response) => {
      response.writeHead(200, { 'content-type': ADVERTISEMENT }).write('0fff');
      const timer = setInterval(() => response.write('x'), 20);
      response.on('close', () => clearInterval(timer));
    };
    const started = performance.now();

    const fetching = fetchAll(server.url('kept'), { limits: { seconds: 0.5 } });

    await expect(fetching).rejects.toThrow(/longer than 0.5 s/);
    expect(performance.now() - started).toBeLessThan(2_000);
  });

  it('may name another path of its own, with and without .git', async () => {
    const { port } = server;
    server.create('moved.git').commit();
    const git = server.handler;
    server.handler = (request, response) => {
      server.handler = git;
      const location = `http://git.test:${port}/kept/info/refs?service=git-upload-pack`;
      reply(301, { location })(response, request);
    };

    expect(await fetchAll(server.url('renamed'))).toEqual({ commit, tree: { 'a.txt': 'a' } });
    expect(server.calls[0]).toContain('/renamed/');
    expect(server.calls.slice(1).every((call) => call.includes('/kept/'))).toBe(true);
  });

  it.each([
    ['another host', (port: number) => `http://evil.test:${port}/kept/info/refs`],
    ['another port', (port: number) => `http://git.test:${port + 1}/kept/info/refs`],
    ['another scheme', (port: number) => `https://git.test:${port}/kept/info/refs`],
    ['a user', (port: number) => `http://u:p@git.test:${port}/kept/info/refs`],
    ['an address', (port: number) => `http://127.0.0.1:${port}/kept/info/refs`],
    ['another call', () => '/admin/delete'],
    ['a file', () => 'file:///etc/passwd'],
    ['nothing', () => ''],
  ])('must not redirect to %s', async (_, target) => {
    const location = target(server.port);
    const query = location === '' ? '' : '?service=git-upload-pack';
    server.handler = (request, response) =>
      reply(302, { location: `${location}${query}` })(response, request);

    const error = await failure();

    expect(error).toBeInstanceOf(RepositoryRefused);
    expect(error.message).toMatch(/redirects to/);
    expect(server.calls.length).toBeLessThanOrEqual(4);
  });

  it('must not redirect for ever', async () => {
    server.handler = (request, response) =>
      reply(302, { location: request.url ?? '' })(response, request);

    const error = await failure();

    expect(error.message).toMatch(/redirects too often/);
    expect(server.calls).toHaveLength(4);
  });
});

import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { type NodeServer, serveHttp } from '#entry/node-server.ts';
import { takeUnread } from '#entry/unread-body.ts';
import { readText } from '#http/body.ts';
import { readForm } from '#http/multipart.ts';
import { AppError } from '#kernel/errors.ts';

const MIB = 1024 * 1024;
const FORM = { files: { file: 'one' }, maxBytes: 4 * MIB, maxFileBytes: MIB, maxParts: 2 } as const;
const TYPE = 'multipart/form-data; boundary=b';
const tooLarge = () => new AppError('too_large', 'Too large.');

const refusals: Readonly<Record<string, (request: Request) => Promise<unknown>>> = {
  'a form with too large a file': (request) => readForm(request, FORM),
  'a form that is too large as a whole': (request) =>
    readForm(request, { ...FORM, maxFileBytes: 100 * MIB }),
  'a text that is too large': (request) => readText(request, MIB, tooLarge),
  'a body that nobody looks at': async () => Promise.reject(tooLarge()),
};

let server: NodeServer | undefined;
afterEach(async () => {
  await server?.close(0);
  server = undefined;
});

const HEAD = '--b\r\nContent-Disposition: form-data; name="file"; filename="f"\r\n\r\n';
const body = Buffer.concat([
  Buffer.from(HEAD),
  Buffer.alloc(8 * MIB),
  Buffer.from('\r\n--b--\r\n'),
]);

/** A client that, like most, sends all of its body before it looks at what came back. */
async function sendWhole(url: string, length: string, frame: (part: Buffer) => readonly Buffer[]) {
  const socket = connect(Number(new URL(url).port), '127.0.0.1').pause();
  const ended = text(socket);
  const head = `POST / HTTP/1.1\r\nHost: x.test\r\nContent-Type: ${TYPE}\r\n${length}\r\n`;
  socket.write(`${head}Connection: close\r\n\r\n`);
  for (let at = 0; at < body.byteLength; at += MIB) {
    for (const part of frame(body.subarray(at, at + MIB))) {
      if (!socket.write(part)) await Promise.race([once(socket, 'drain'), ended]);
    }
  }
  return (await ended).split('\r\n', 1)[0];
}

const sized = (url: string) =>
  sendWhole(url, `Content-Length: ${body.byteLength}`, (part) => [part]);
const chunked = (url: string) =>
  sendWhole(url, 'Transfer-Encoding: chunked', (part) => [
    Buffer.from(`${part.byteLength.toString(16)}\r\n`),
    part,
    Buffer.from(part.byteLength < MIB ? '\r\n0\r\n\r\n' : '\r\n'),
  ]);

describe.each(Object.entries(refusals))('%s', (_, refuse) => {
  it.each([
    ['of a known length', sized],
    ['in chunks', chunked],
  ])('%s is refused in words, fifty times of fifty', async (_what, send) => {
    const answer = async (request: Request) =>
      refuse(request).then(
        () => new Response('taken'),
        () => new Response('refused', { status: 413 }),
      );
    server = await serveHttp({ fetch: answer, port: 0 });
    const lines: (string | undefined)[] = [];
    for (let round = 0; round < 50; round += 1) lines.push(await send(server.url));

    expect(lines).toEqual(Array(50).fill('HTTP/1.1 413 Payload Too Large'));
  });
});

describe('what is left of a body', () => {
  const endless = () =>
    new ReadableStream<Uint8Array>({
      pull: async (controller) => {
        await pause(1);
        controller.enqueue(new Uint8Array(1_000));
      },
    });
  const post = (stream: ReadableStream) =>
    new Request('http://x.test', { method: 'POST', body: stream, duplex: 'half' } as RequestInit);
  const limits = { maxBytes: 1e9, maxMs: 1e6, silenceMs: 1e6 };

  it.each([
    ['that has no end', endless(), { maxBytes: 10_000 }],
    ['that takes too long', endless(), { maxMs: 20 }],
    ['of which nothing comes', new ReadableStream(), { silenceMs: 20 }],
  ])('%s is not waited for', async (_what, stream, limit) => {
    expect(await takeUnread(post(stream), { ...limits, ...limit })).toBe(false);
  });

  it('is nothing where there is no body', async () => {
    expect(await takeUnread(new Request('http://x.test'), limits)).toBe(true);
  });
});

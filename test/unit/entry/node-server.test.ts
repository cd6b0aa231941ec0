import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { type NodeServer, serveHttp } from '#entry/node-server.ts';
import { sendRaw } from '../../support/raw-http.ts';

let server: NodeServer | undefined;
afterEach(async () => {
  await server?.close(0);
  server = undefined;
});

const serve = async (fetch: (request: Request) => Promise<Response>): Promise<string> => {
  server = await serveHttp({ fetch, port: 0 });
  return server.url;
};

describe('a request', () => {
  it('arrives with its method, address, headers and body', async () => {
    const url = await serve(async (request) =>
      Response.json({
        method: request.method,
        url: request.url,
        header: request.headers.get('x-test'),
        body: await request.text(),
      }),
    );
    const response = await fetch(`${url}/a%2Fb?q=%C3%A4&q=2`, {
      method: 'PUT',
      headers: { 'x-test': 'yes' },
      body: 'ä',
    });

    expect(await response.json()).toEqual({
      method: 'PUT',
      url: `${url}/a%2Fb?q=%C3%A4&q=2`,
      header: 'yes',
      body: 'ä',
    });
  });

  it('streams its body while it is sent', async () => {
    const chunks: number[] = [];
    const first = Promise.withResolvers<void>();
    const url = await serve(async (request) => {
      for await (const chunk of request.body ?? []) {
        chunks.push((chunk as Uint8Array).byteLength);
        first.resolve();
      }
      return new Response('done');
    });
    const body = new ReadableStream<Uint8Array>({
      async start(controller) {
        controller.enqueue(new Uint8Array(1_000));
        // The second part is sent only after the first was seen.
        await first.promise;
        controller.enqueue(new Uint8Array(2_000));
        controller.close();
      },
    });
    const response = await fetch(url, { method: 'POST', body, duplex: 'half' } as RequestInit);

    expect(await response.text()).toBe('done');
    expect(chunks.reduce((sum, size) => sum + size, 0)).toBe(3_000);
  });

  it('is aborted when the client goes away', async () => {
    const aborted = Promise.withResolvers<void>();
    const arrived = Promise.withResolvers<void>();
    const url = await serve((request) => {
      request.signal.addEventListener('abort', () => aborted.resolve());
      arrived.resolve();
      return new Promise(() => undefined);
    });
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    socket.write('POST / HTTP/1.1\r\nHost: x.test\r\nContent-Length: 5\r\n\r\n12');
    await arrived.promise;
    socket.destroy();

    await aborted.promise;
  });

  it.each([
    ['no HTTP at all', 'hello\r\n\r\n'],
    ['without a host', 'GET / HTTP/1.1\r\n\r\n'],
    ['with a host that is none', 'GET / HTTP/1.1\r\nHost: a b\r\nConnection: close\r\n\r\n'],
    [
      'with two lengths',
      'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab',
    ],
    [
      'with a length and chunks',
      'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    ],
  ])('is refused with 400, and reaches nobody: %s', async (_what, text) => {
    let calls = 0;
    const url = await serve(async () => {
      calls += 1;
      return new Response('no');
    });
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    socket.write(text);
    const [answer] = await once(socket, 'data');
    socket.destroy();

    expect(String(answer)).toMatch(/^HTTP\/1\.1 400 /);
    expect(calls).toBe(0);
  });

  it('that fails is answered 500 without a word about it', async () => {
    const url = await serve(() => Promise.reject(new Error('a secret')));
    const { status, body } = await sendRaw(url);

    expect([status, body.toString()]).toEqual([500, '']);
  });
});

describe('an answer', () => {
  it('goes out with its status, its cookies one by one, and its length', async () => {
    const url = await serve(async () => {
      const response = Response.json({ a: 1 }, { status: 201 });
      response.headers.append('set-cookie', 'a=1; Path=/');
      response.headers.append('set-cookie', 'b=2; Path=/');
      return response;
    });
    const { status, headers, body } = await sendRaw(url);

    expect(status).toBe(201);
    expect(headers['set-cookie']).toEqual(['a=1; Path=/', 'b=2; Path=/']);
    expect(headers['content-length']).toBe('7');
    expect(body.toString()).toBe('{"a":1}');
  });

  it('streams, and its source is cancelled when the client goes away', async () => {
    const cancelled = Promise.withResolvers<void>();
    const url = await serve(async () => {
      const body = new ReadableStream<Uint8Array>({
        pull: (controller) => controller.enqueue(new Uint8Array(64_000)),
        cancel: () => cancelled.resolve(),
      });
      return new Response(body);
    });
    const response = await fetch(url);
    await response.body?.getReader().read();
    await response.body?.cancel().catch(() => undefined);
    await server?.close(0);

    await cancelled.promise;
  });

  it('to HEAD has no body', async () => {
    const url = await serve(async () => new Response('text'));
    const { status, body } = await sendRaw(url, { method: 'HEAD' });

    expect([status, body.byteLength]).toEqual([200, 0]);
  });
});

describe('the server', () => {
  it('rejects where its port is taken', async () => {
    const url = await serve(async () => new Response('first'));
    const port = Number(new URL(url).port);

    await expect(serveHttp({ fetch: async () => new Response('second'), port })).rejects.toThrow(
      /EADDRINUSE/,
    );
  });

  it('ends what it is answering before it closes', async () => {
    const started = Promise.withResolvers<void>();
    const release = Promise.withResolvers<void>();
    const url = await serve(async () => {
      started.resolve();
      await release.promise;
      return new Response('whole');
    });
    const answer = fetch(url).then((response) => response.text());
    await started.promise;
    const closed = server?.close(10_000);
    release.resolve();

    expect(await answer).toBe('whole');
    await closed;
    await expect(fetch(url)).rejects.toThrow();
  });
});

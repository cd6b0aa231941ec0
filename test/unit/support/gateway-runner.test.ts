import { request } from 'node:http';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { afterEach, describe, expect, it } from 'vitest';
import {
  type Gateway,
  type GatewayHandler,
  type GatewayLimits,
  gatewayRunner,
} from '../../support/gateway/runner.ts';

const running: Gateway[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((gateway) => gateway.stop()));
});

const start = async (handler: GatewayHandler, limits?: Partial<GatewayLimits>): Promise<string> => {
  const gateway = await gatewayRunner(handler, limits === undefined ? {} : { limits });
  running.push(gateway);
  return gateway.url;
};

/** A handler that notes whether it was called. */
const counting = (result: unknown = { statusCode: 200, body: 'done' }) => {
  const events: APIGatewayProxyEventV2[] = [];
  const handler: GatewayHandler = (event) => {
    events.push(event);
    return Promise.resolve(result);
  };
  return { handler, events };
};

const seen = async (response: Response) => ({
  status: response.status,
  body: await response.text(),
});

const message = (text: string) => JSON.stringify({ message: text });

describe('requests', () => {
  it('reach the handler as events, with a context', async () => {
    const url = await start((event, context) => ({
      statusCode: 201,
      headers: { 'X-Left': context.getRemainingTimeInMillis() > 29_000 },
      body: JSON.stringify([event.requestContext.http.method, event.rawPath, event.body]),
    }));

    const response = await fetch(`${url}/a%20b?c=d`, { method: 'PUT', body: 'text' });

    expect(response.headers.get('x-left')).toBe('true');
    expect(await seen(response)).toEqual({ status: 201, body: '["PUT","/a b","text"]' });
  });

  it('carry bytes both ways', async () => {
    const bytes = Uint8Array.from({ length: 256 }, (_, at) => at);
    const url = await start(({ body, isBase64Encoded }) => ({
      statusCode: 200,
      headers: { 'content-type': 'application/octet-stream' },
      body,
      isBase64Encoded,
    }));

    const response = await fetch(url, { method: 'POST', body: bytes });

    expect(new Uint8Array(await response.arrayBuffer())).toEqual(bytes);
  });

  it('with a broken escape in the path are refused', async () => {
    const { handler, events } = counting();
    const url = new URL(await start(handler));

    const status = await new Promise((resolve, reject) => {
      const sent = request({ port: url.port, path: '/%zz' }, (response) => {
        response.resume();
        resolve(response.statusCode);
      });
      sent.once('error', reject).end();
    });

    expect(status).toBe(400);
    expect(events).toEqual([]);
  });
});

describe('results', () => {
  it.each([
    ['a string', 'plain', 'application/json', 'plain'],
    ['an object without a status', { a: 1 }, 'application/json', '{"a":1}'],
    ['nothing', null, 'application/json', 'null'],
    ['a response without a type', { statusCode: 200, body: 'x' }, 'text/plain;charset=UTF-8', 'x'],
    ['a status that is text', { statusCode: '200' }, 'text/plain;charset=UTF-8', ''],
  ])('%s', async (_title, result, type, body) => {
    const response = await fetch(await start(counting(result).handler));

    expect(response.headers.get('content-type')).toBe(type);
    expect(await seen(response)).toEqual({ status: 200, body });
  });

  it('set cookies one by one and leave the connection to the gateway', async () => {
    const headers = { Connection: 'upgrade', 'Transfer-Encoding': 'chunked', 'X-Kept': 'yes' };
    const cookies = ['a=1; Path=/', 'b=2, 3'];
    const url = await start(counting({ statusCode: 302, headers, cookies }).handler);

    const response = await fetch(url, { redirect: 'manual' });

    expect(response.status).toBe(302);
    expect(response.headers.getSetCookie()).toEqual(cookies);
    expect(response.headers.get('x-kept')).toBe('yes');
    expect(response.headers.get('transfer-encoding')).toBeNull();
  });

  it.each([
    ['throws', () => Promise.reject(new Error('secret'))],
    [
      'throws at once',
      () => {
        throw new Error('secret');
      },
    ],
    ['returns a status out of range', () => ({ statusCode: 999 })],
    ['returns a body that is no text', () => ({ statusCode: 200, body: { a: 1 } })],
    ['returns what is no JSON', () => ({ statusCode: 200, body: 1n })],
  ] satisfies [string, GatewayHandler][])(
    'of a handler that %s are a plain 500',
    async (_title, handler) => {
      const response = await fetch(await start(handler));

      expect(await seen(response)).toEqual({ status: 500, body: message('Internal Server Error') });
    },
  );
});

describe('limits', () => {
  const post = (url: string, bytes: number, type = 'text/plain') =>
    fetch(url, { method: 'POST', body: 'x'.repeat(bytes), headers: { 'content-type': type } });
  const tooLarge = { status: 413, body: message('Request Entity Too Large') };

  it('lets a body of exactly the limit through and refuses one byte more', async () => {
    const { handler, events } = counting();
    const url = await start(handler, { bodyBytes: 5000 });

    const outcomes = [await seen(await post(url, 5000)), await seen(await post(url, 5001))];

    expect(outcomes).toEqual([{ status: 200, body: 'done' }, tooLarge]);
    expect(events).toHaveLength(1);
  });

  it('refuses a body over 10 MB, declared or chunked', async () => {
    const { handler, events } = counting();
    const url = await start(handler);
    const chunks = async function* () {
      for (let at = 0; at < 11; at += 1) yield Buffer.alloc(1024 * 1024);
    };
    const chunked = { method: 'POST', body: chunks(), duplex: 'half' } as unknown as RequestInit;

    const declared = await seen(await post(url, 10 * 1024 * 1024 + 1));

    expect(declared).toEqual(tooLarge);
    expect(await seen(await fetch(url, chunked))).toEqual(tooLarge);
    expect(events).toEqual([]);
  });

  it('refuses an event over 6 MB: bytes meet that limit at three quarters of it', async () => {
    const { handler, events } = counting();
    const url = await start(handler);
    const bytes = 5 * 1024 * 1024;

    const outcomes = [
      await seen(await post(url, bytes)),
      await seen(await post(url, bytes, 'application/octet-stream')),
      await seen(await post(url, 6 * 1024 * 1024)),
    ];

    expect(outcomes).toEqual([{ status: 200, body: 'done' }, tooLarge, tooLarge]);
    expect(events).toHaveLength(1);
  });

  it('refuses more than 10,240 bytes of request line and headers', async () => {
    const { handler, events } = counting();
    const url = await start(handler);

    const within = await fetch(url, { headers: { 'x-long': 'x'.repeat(9_500) } });
    const over = await fetch(url, { headers: { 'x-long': 'x'.repeat(10_240) } });
    const overByQuery = await fetch(`${url}/?${'x'.repeat(10_240)}`);

    expect([within.status, over.status, overByQuery.status]).toEqual([200, 431, 431]);
    expect(events).toHaveLength(1);
  });

  it('fails for a result over 6 MB', async () => {
    const body = 'x'.repeat(6 * 1024 * 1024);

    const response = await fetch(await start(counting({ statusCode: 200, body }).handler));

    expect(await seen(response)).toEqual({ status: 500, body: message('Internal Server Error') });
  });

  it('gives up on a handler that takes too long', async () => {
    const url = await start(() => new Promise(() => {}), { timeoutMs: 50 });

    const response = await fetch(url);

    expect(await seen(response)).toEqual({ status: 503, body: message('Service Unavailable') });
  });
});

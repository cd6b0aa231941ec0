import { once } from 'node:events';
import { createServer, type IncomingMessage, request } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FrontProxy, startFrontProxy } from '../../infra/local/front-proxy.ts';

interface Seen {
  readonly url: string | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

let seen: Seen[] = [];
let front: FrontProxy;
const backend = createServer(async (incoming, answer) => {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk);
  seen.push({
    url: incoming.url,
    headers: incoming.headers,
    body: Buffer.concat(chunks).toString(),
  });
  answer.writeHead(302, { location: 'http://elsewhere.test/', 'set-cookie': ['a=1', 'b=2'] });
  answer.end('moved');
});

beforeEach(async () => {
  seen = [];
  backend.listen(0, '127.0.0.1');
  await once(backend, 'listening');
  const address = backend.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  front = await startFrontProxy(`http://127.0.0.1:${port}/base/%24default`, 0);
});
afterEach(async () => {
  await front.stop();
  backend.closeAllConnections();
  backend.close();
});

describe('the front proxy', () => {
  it('keeps path, query, cookie, host and body as they came', async () => {
    const outgoing = request(`${front.url}/a%2Fb/%20c?x=%26&y`, {
      method: 'POST',
      headers: {
        cookie: 'session=1; other=2',
        host: 'assay.localhost',
        'x-forwarded-for': '6.6.6.6',
      },
    });
    outgoing.end('{"a":1}');
    const [answer] = (await once(outgoing, 'response')) as [IncomingMessage];
    answer.resume();

    expect(answer.statusCode).toBe(302);
    expect(answer.headers['set-cookie']).toEqual(['a=1', 'b=2']);
    expect(answer.headers.location).toBe('http://elsewhere.test/');
    expect(seen).toHaveLength(1);
    expect(seen[0]).toMatchObject({
      url: '/base/%24default/a%2Fb/%20c?x=%26&y',
      body: '{"a":1}',
      headers: {
        cookie: 'session=1; other=2',
        host: 'assay.localhost',
        'x-forwarded-for': '127.0.0.1',
      },
    });
  });

  it('refuses names that DNS could give to anybody', async () => {
    const outgoing = request(`${front.url}/`, { headers: { host: 'assay.test' } });
    outgoing.end();
    const [answer] = (await once(outgoing, 'response')) as [IncomingMessage];
    answer.resume();

    expect([answer.statusCode, seen.length]).toEqual([421, 0]);
  });

  it('answers 502 when nobody is behind it', async () => {
    backend.closeAllConnections();
    backend.close();
    await once(backend, 'close');

    expect((await fetch(`${front.url}/health`)).status).toBe(502);
  });
});

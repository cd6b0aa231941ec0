import { describe, expect, it } from 'vitest';
import { BadPath, toEvent, type WireRequest } from '../../support/gateway/events.ts';

const request: WireRequest = {
  method: 'GET',
  target: '/',
  protocol: 'HTTP/1.1',
  headers: [['Host', 'api.example.org']],
  body: new Uint8Array(),
  sourceIp: '192.0.2.1',
  scheme: 'https',
  port: 443,
  requestId: 'request-1',
  receivedAt: new Date(Date.UTC(2026, 0, 2, 3, 4, 5)),
};

const withBody = (type: string | undefined, body: string | Uint8Array, more = {}) =>
  toEvent({
    ...request,
    method: 'POST',
    headers: Object.entries({ ...(type !== undefined && { 'Content-Type': type }), ...more }),
    body: Buffer.from(body),
  });

describe('toEvent', () => {
  it('makes the whole event of a plain request', () => {
    expect(toEvent(request)).toStrictEqual({
      version: '2.0',
      routeKey: '$default',
      rawPath: '/',
      rawQueryString: '',
      headers: {
        host: 'api.example.org',
        'x-forwarded-for': '192.0.2.1',
        'x-forwarded-port': '443',
        'x-forwarded-proto': 'https',
      },
      requestContext: {
        accountId: '000000000000',
        apiId: 'local',
        domainName: 'api.example.org',
        domainPrefix: 'api',
        http: {
          method: 'GET',
          path: '/',
          protocol: 'HTTP/1.1',
          sourceIp: '192.0.2.1',
          userAgent: '',
        },
        requestId: 'request-1',
        routeKey: '$default',
        stage: '$default',
        time: '02/Jan/2026:03:04:05 +0000',
        timeEpoch: Date.UTC(2026, 0, 2, 3, 4, 5),
      },
      isBase64Encoded: false,
    });
  });

  it.each([
    ['/a%20b/c', '/a b/c'],
    ['/a%2Fb', '/a/b'],
    ['/%252e%252e', '/%2e%2e'],
    ['/a+b', '/a+b'],
    ['/%C3%A9%F0%9F%98%80', '/é😀'],
    ['/%ff', '/\ufffd'],
    ['//double/', '//double/'],
    ['/%3Fquestion?mark=1', '/?question'],
  ])('decodes the path %s once', (target, rawPath) => {
    const event = toEvent({ ...request, target });

    expect(event.rawPath).toBe(rawPath);
    expect(event.requestContext.http.path).toBe(rawPath);
  });

  it.each(['/%', '/%2', '/%zz'])('refuses the broken escape in %s', (target) => {
    expect(() => toEvent({ ...request, target })).toThrow(BadPath);
  });

  it('keeps the query string as it was, and decodes and joins its parameters', () => {
    const event = toEvent({ ...request, target: '/x?a=1&a=2&b=%20+c&d&a=3?4' });

    expect(event.rawQueryString).toBe('a=1&a=2&b=%20+c&d&a=3?4');
    expect(event.queryStringParameters).toStrictEqual({ a: '1,2,3?4', b: '  c', d: '' });
    expect(toEvent({ ...request, target: '/x?' })).not.toHaveProperty('queryStringParameters');
  });

  it('joins headers of one name and moves cookies out of them', () => {
    const headers: WireRequest['headers'] = [
      ['Accept', 'text/html'],
      ['ACCEPT', 'application/json'],
      ['Cookie', 'a=1; b=2'],
      ['X-Other', 'x, y'],
      ['cookie', 'c="3;"'],
    ];

    const event = toEvent({ ...request, headers });

    expect(event.headers).toMatchObject({
      accept: 'text/html,application/json',
      'x-other': 'x, y',
    });
    expect(event.headers).not.toHaveProperty('cookie');
    expect(event.cookies).toStrictEqual(['a=1', 'b=2', 'c="3', '"']);
  });

  it('keeps a header that is named __proto__ to itself', () => {
    const event = toEvent({ ...request, headers: [['__proto__', 'x']] });

    expect(Object.entries(event.headers)).toContainEqual(['__proto__', 'x']);
  });

  it.each([
    'application/json',
    'application/json; charset=utf-8',
    'text/plain',
    'TEXT/CSV;header=present',
    'application/xml',
    'application/javascript',
  ])('hands %s over as text', (type) => {
    expect(withBody(type, '{"é":1}')).toMatchObject({ isBase64Encoded: false, body: '{"é":1}' });
  });

  it.each([
    ['application/x-www-form-urlencoded', 'a=1', {}],
    ['application/octet-stream', 'x', {}],
    ['application/jsonl', 'x', {}],
    ['multipart/form-data; boundary=text/plain', 'x', {}],
    [undefined, 'x', {}],
    ['application/json', 'x', { 'Content-Encoding': 'gzip' }],
    ['text/plain', new Uint8Array([0xff, 0x00]), {}],
  ])('hands %s over in base64', (type, body, more) => {
    const expected = Buffer.from(body).toString('base64');

    expect(withBody(type, body, more)).toMatchObject({ isBase64Encoded: true, body: expected });
  });

  it('keeps a byte order mark', () => {
    expect(withBody('application/json', '\ufeff{}').body).toBe('\ufeff{}');
  });
});

import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Body, parseEvents } from '#domain/events/index.ts';
import { normaliseEvents } from '#domain/events/normalise.ts';
import { AppError } from '#kernel/errors.ts';
import '../../../support/property-seed.ts';

/** Bodies as clients sent them, with the names of their events. */
const bodies: readonly {
  readonly name: string;
  readonly query: Record<string, string>;
  readonly encoding?: string;
  readonly type: string;
  readonly body: string;
  readonly events: readonly string[];
}[] = JSON.parse(readFileSync(new URL('./bodies.json', import.meta.url), 'utf8'));

const TOKEN = 'phc_7_abcdefghijklmnopqrstuvwxyz012345';
const event = { event: 'bought', distinct_id: 'u1', properties: { price: 1 } };
const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));
const gzipped = (times: number): Buffer =>
  Array.from({ length: times }).reduce<Buffer>((body) => gzipSync(body), json(event));
const base64 = (value: unknown): string => json(value).toString('base64');
const parse = (bytes: Uint8Array | string, rest: Omit<Body, 'bytes'> = {}) =>
  parseEvents({ bytes: typeof bytes === 'string' ? Buffer.from(bytes) : bytes, ...rest });

describe('a body as clients send it', () => {
  it.each(bodies)('$name', ({ body, encoding, type, query, events }) => {
    const parsed = parse(Buffer.from(body, 'base64'), { encoding, type, query });
    const { lines, refused } = normaliseEvents(parsed, (parsed.sentAt ?? 0) + 500);

    const stored = lines.map((line) => JSON.parse(line));
    expect(parsed.token).toBe(TOKEN);
    expect(parsed.sentAt).toBeGreaterThan(Date.UTC(2026, 0));
    expect(refused).toEqual([]);
    expect(stored.map((each) => each.event)).toEqual(events);
    for (const each of stored) {
      const sent = (parsed.events as readonly Record<string, unknown>[]).find(
        ({ uuid }) => uuid === each.uuid,
      );
      expect(Date.parse(each.ts)).toBe(Date.parse(String(sent?.timestamp)));
      expect(each.properties).not.toHaveProperty('token');
    }
  });
});

describe('a body', () => {
  it.each<[string, Uint8Array | string, Omit<Body, 'bytes'>?]>([
    ['of one event', json(event)],
    ['of a list', json([event])],
    ['of a batch', json({ batch: [event] })],
    ['after a mark of its byte order', Buffer.concat([Buffer.from('\ufeff'), json(event)])],
    ['in gzip that a header names', gzipSync(json(event)), { encoding: 'gzip' }],
    ['that a header calls gzip though a proxy inflated it', json(event), { encoding: 'gzip' }],
    ['in gzip that the query names', gzipSync(json(event)), { query: { compression: 'gzip-js' } }],
    ['in gzip that nobody names', gzipSync(json(event)), { type: 'text/plain' }],
    ['in gzip twice', gzipSync(gzipSync(json(event))), { encoding: 'gzip' }],
    ['in base64', base64(event), { query: { compression: 'base64' } }],
    ['in base64 of a form', `data=${encodeURIComponent(base64(event))}`],
    [
      'in base64 of a form whose plus signs nobody encoded',
      `ip=1&data=${base64({ ...event, x: '>>>???~~~' })}`,
    ],
    ['as JSON of a form', `data=${encodeURIComponent(JSON.stringify(event))}`],
    [
      'in gzip in base64 of a form',
      `data=${encodeURIComponent(gzipSync(json(event)).toString('base64'))}`,
    ],
    ['in the query', '', { query: { data: base64(event), ip: '0', ver: '1', _: '1' } }],
  ])('%s holds its event', (_, bytes, rest) => {
    const { events } = parse(bytes, rest);

    expect(events).toEqual([expect.objectContaining(event)]);
  });

  it.each<[string, unknown, Record<string, string>?]>([
    ['api_key', { api_key: 't', batch: [event] }],
    ['token', { token: 't', batch: [event] }],
    [
      'the token of each event',
      [
        { ...event, properties: { token: 't' } },
        { ...event, api_key: 't' },
      ],
    ],
    ['the query', event, { token: 't' }],
  ])('has its token in %s', (_, body, query = {}) => {
    const { token } = parse(json(body), { query });

    expect(token).toBe('t');
  });

  it.each<[string, unknown, Record<string, string>, number | undefined]>([
    ['the body', { batch: [], sent_at: '2026-01-02T03:04:05.678Z' }, {}, 1767323045678],
    ['an event', [{ ...event, sent_at: '2026-01-02T03:04:05+00:00' }], {}, 1767323045000],
    ['the query', event, { _: '1767323045678' }, 1767323045678],
    ['nowhere', event, {}, undefined],
    ['the body, in words', { batch: [], sent_at: 'yesterday' }, {}, undefined],
  ])('was sent when %s says', (_, body, query, time) => {
    const { sentAt } = parse(json(body), { query });

    expect(sentAt).toBe(time);
  });

  it('loses NULs and halves of surrogate pairs, and keeps __proto__ a name like others', () => {
    const text = '{"event":"a\\u0000b","properties":{"\\ud800":"\\udfff!","__proto__":{"x":1}}}';

    const [parsed] = parse(text).events as { event: string; properties: object }[];

    expect(parsed?.event).toBe('ab');
    expect(Object.entries(parsed?.properties ?? {})).toEqual([
      ['\ufffd', '\ufffd!'],
      ['__proto__', { x: 1 }],
    ]);
    expect(({} as { x?: number }).x).toBeUndefined();
  });

  it.each<[string, string, Uint8Array | string, Omit<Body, 'bytes'>?]>([
    ['empty_body', 'nothing', ''],
    ['empty_body', 'a form with nothing in it', 'ip=1&data='],
    ['malformed_json', 'half of a JSON', '{"event":'],
    ['malformed_body', 'words', 'hello, world'],
    ['malformed_gzip', 'half of a gzip', gzipSync(json(event)).subarray(0, 30)],
    ['malformed_body', 'a gzip of many gzips', gzipped(7)],
    ['no_events', 'JSON without events', '{"hello":1}'],
    ['nesting_too_deep', 'deep JSON', '['.repeat(100_000)],
    ['several_tokens', 'of two projects', json([{ token: 'a' }, { token: 'b' }])],
    ['unknown_compression', 'lz64', json(event), { query: { compression: 'lz64' } }],
    ['unknown_encoding', 'in another encoding', json(event), { encoding: 'br' }],
  ])('is refused as %s where it is %s', (reason, _, bytes, rest) => {
    expect(() => parse(bytes, rest)).toThrow(expect.objectContaining({ code: 'invalid', reason }));
  });

  it.each<[string, Uint8Array]>([
    ['inflates to more than 20 MiB', gzipSync(Buffer.alloc(21 * 1024 * 1024, 'x'))],
    ['inflates to far more than itself', gzipSync(Buffer.alloc(2 * 1024 * 1024, ' '))],
    ['has more than 20 MiB', Buffer.alloc(20 * 1024 * 1024 + 1, '[')],
    ['has more than 10,000 events', json(Array.from({ length: 10_001 }, () => 1))],
  ])('is too large where it %s', (_, bytes) => {
    expect(() => parse(bytes)).toThrow(expect.objectContaining({ code: 'too_large' }));
  });

  it('is parsed or refused, whatever its bytes are', () => {
    const hostile = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc.json().map((text) => Buffer.from(text)),
      fc.json().map((text) => gzipSync(text)),
      fc.json().map((text) => Buffer.from(`data=${Buffer.from(text).toString('base64')}`)),
      fc.uint8Array({ maxLength: 50 }).map((bytes) => Buffer.concat([Buffer.from('data='), bytes])),
      fc
        .uint8Array({ maxLength: 50 })
        .map((bytes) => Buffer.concat([Buffer.from([31, 139]), bytes])),
    );
    fc.assert(
      fc.property(
        hostile,
        fc.option(fc.constantFrom('gzip', 'base64', 'gzip-js')),
        (bytes, how) => {
          try {
            const parsed = parseEvents({ bytes, query: { compression: how ?? undefined } });
            normaliseEvents(parsed, 1_800_000_000_000);
          } catch (error) {
            if (!(error instanceof AppError)) throw error;
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { normaliseEvents } from '#domain/events/normalise.ts';
import '../../../support/property-seed.ts';

const NOW = Date.parse('2026-06-15T12:00:00.000Z');
const DAY = 86_400_000;
const UUID = '01a227f0-56b7-7601-ac5b-881a5e5a8e47';
const base = { event: 'bought', distinct_id: 'u1' };

type Fields = Record<string, unknown>;
const normalise = (
  events: readonly unknown[],
  rest: { sentAt?: number; historical?: boolean } = {},
) => {
  const { lines, refused } = normaliseEvents({ events, historical: false, ...rest }, NOW);
  return { stored: lines.map((line) => JSON.parse(line)), refused };
};
const one = (event: Fields, rest?: { sentAt?: number; historical?: boolean }) =>
  normalise([{ ...base, ...event }], rest).stored[0];

describe('an event', () => {
  it('is stored with the names of its columns', () => {
    const properties = { price: 2, token: 'phc_1', distinct_id: 'u1', $set: { a: 1, b: 1 } };

    const stored = one({
      uuid: UUID,
      timestamp: '2026-06-15T11:59:59.5Z',
      properties,
      $set: { b: 2 },
      $set_once: { c: 3 },
    });

    expect(stored).toEqual({
      uuid: UUID,
      event: 'bought',
      distinct_id: 'u1',
      ts: '2026-06-15T11:59:59.500Z',
      received: '2026-06-15T12:00:00.000Z',
      properties: { price: 2, $set: { a: 1, b: 2 }, $set_once: { c: 3 } },
    });
  });

  it.each<[unknown, string | undefined]>([
    ['test', 'test'],
    [true, 'true'],
    [false, 'false'],
    [7, '7'],
    [null, undefined],
    [{ a: 1 }, undefined],
    [undefined, undefined],
  ])('names the flag that it is of, and its answer: %j', (response, variant) => {
    const properties = { $feature_flag: 'f', $feature_flag_response: response };

    expect(one({ event: '$feature_flag_called', properties })).toMatchObject({ flag: 'f' });
    expect(one({ event: '$feature_flag_called', properties }).variant).toBe(variant);
    expect(one({ properties })).not.toHaveProperty('flag');
  });

  it.each<[unknown, string]>([
    ['2026-06-15T10:00:00Z', '2026-06-15T10:00:00.000Z'],
    ['2026-06-15T10:00:00.123456+02:00', '2026-06-15T08:00:00.123456Z'],
    ['2026-06-15T10:00:00.123456789Z', '2026-06-15T10:00:00.123456Z'],
    ['2026-06-15 10:00:00', '2026-06-15T10:00:00.000Z'],
    ['2026-06-15T10:00:00-0130', '2026-06-15T11:30:00.000Z'],
    ['2026-06-15', '2026-06-15T00:00:00.000Z'],
    [NOW - 1000, '2026-06-15T11:59:59.000Z'],
    [NOW / 1000 - 1, '2026-06-15T11:59:59.000Z'],
    ['yesterday', '2026-06-15T12:00:00.000Z'],
    ['2026-13-45T10:00:00Z', '2026-06-15T12:00:00.000Z'],
    [null, '2026-06-15T12:00:00.000Z'],
    [undefined, '2026-06-15T12:00:00.000Z'],
  ])('happened at its timestamp %j', (timestamp, ts) => {
    expect(one({ timestamp }).ts).toBe(ts);
  });

  it('without a timestamp happened when its uuid was made, or so long before as it says', () => {
    const made = NOW - 90_000;
    const hex = made.toString(16).padStart(12, '0');
    const uuid = `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`;

    expect(one({ uuid }).ts).toBe(new Date(made).toISOString());
    expect(one({ uuid, offset: 5_000 }).ts).toBe('2026-06-15T11:59:55.000Z');
  });

  it.each<[string, number, string]>([
    ['is late by four minutes', 4 * 60_000, '2026-06-15T11:00:00.000Z'],
    ['is late by an hour and two minutes', 62 * 60_000, '2026-06-15T12:00:00.000Z'],
    ['is fast by a day', -DAY, '2026-06-14T11:00:00.000Z'],
    ['is right though it was sent in 1970', NOW, '2026-06-15T11:00:00.000Z'],
  ])('of a clock that %s is put right in whole ten minutes or not at all', (_, late, ts) => {
    const event = { timestamp: '2026-06-15T11:00:00.000Z' };

    expect(one(event, { sentAt: NOW - late }).ts).toBe(ts);
    expect(one(event, { sentAt: NOW - late, historical: true }).ts).toBe(event.timestamp);
  });

  it.each<[string, unknown]>([
    ['not_an_object', 1],
    ['not_an_object', [base]],
    ['event_name_missing', { distinct_id: 'u' }],
    ['event_name_missing', { ...base, event: ' ' }],
    ['event_name_missing', { ...base, event: 7 }],
    ['event_name_too_long', { ...base, event: 'x'.repeat(201) }],
    ['distinct_id_missing', { event: 'e' }],
    ['distinct_id_missing', { event: 'e', distinct_id: '' }],
    ['distinct_id_missing', { event: 'e', distinct_id: { a: 1 } }],
    ['distinct_id_too_long', { ...base, distinct_id: 'x'.repeat(201) }],
    ['properties_not_an_object', { ...base, properties: [1] }],
    ['properties_not_an_object', { ...base, properties: 'x' }],
    ['too_old', { ...base, timestamp: new Date(NOW - 401 * DAY).toISOString() }],
    ['in_the_future', { ...base, timestamp: new Date(NOW + DAY + 1).toISOString() }],
    ['too_large', { ...base, properties: { x: 'é'.repeat(600_000) } }],
  ])('is refused as %s, and the others are kept', (reason, event) => {
    const { stored, refused } = normalise([base, event, { ...base, event: 'last' }]);

    expect(stored.map((each) => each.event)).toEqual(['bought', 'last']);
    expect(refused).toEqual([{ index: 1, reason }]);
  });

  it.each<[string, Fields, string]>([
    ['a number', { distinct_id: 17 }, '17'],
    ['in its properties', { distinct_id: undefined, properties: { distinct_id: 'p' } }, 'p'],
    ['that stands for nobody', { distinct_id: 'null' }, 'null'],
  ])('takes a distinct id %s', (_, event, id) => {
    expect(one(event).distinct_id).toBe(id);
  });
});

describe('the id of an event', () => {
  const at = '2026-06-15T11:00:00Z';

  it.each<[string, unknown, string]>([
    ['in capitals', UUID.toUpperCase(), UUID],
    ['without dashes', UUID.replaceAll('-', ''), UUID],
  ])('is its own %s', (_, uuid, expected) => {
    expect(one({ uuid }).uuid).toBe(expected);
  });

  it('is the same for the same batch, whenever it comes, and each event has another', () => {
    const events = [
      { ...base, timestamp: at },
      { ...base, timestamp: at },
      { ...base, timestamp: at, properties: { a: 1 } },
      { ...base, distinct_id: 'u2', timestamp: at },
      { ...base, uuid: 'order-17' },
      { ...base, uuid: 'order-18' },
    ];

    const first = normalise(events, { sentAt: NOW - 1_000 }).stored.map(({ uuid }) => uuid);
    const again = normalise(events, { sentAt: NOW - 40_000 }).stored.map(({ uuid }) => uuid);

    expect(again).toEqual(first);
    expect(new Set(first).size).toBe(events.length);
    for (const uuid of first) expect(uuid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-a/);
  });
});

describe('whatever is sent', () => {
  it('becomes lines that hold no end of a line, or is refused', () => {
    const event = fc.record(
      {
        event: fc.oneof(fc.string({ unit: 'binary' }), fc.anything()),
        distinct_id: fc.oneof(fc.string({ unit: 'binary' }), fc.anything()),
        timestamp: fc.oneof(
          fc.date({ noInvalidDate: true }).map(String),
          fc.double(),
          fc.anything(),
        ),
        uuid: fc.oneof(fc.uuid(), fc.string()),
        properties: fc.object(),
        offset: fc.oneof(fc.double(), fc.string()),
      },
      { requiredKeys: [] },
    );
    const viaJson = fc
      .array(event, { maxLength: 5 })
      .map((events) =>
        JSON.parse(JSON.stringify(events, (_, v) => (typeof v === 'bigint' ? 1 : v))),
      );
    fc.assert(
      fc.property(viaJson, fc.option(fc.double(), { nil: undefined }), (events, sentAt) => {
        const { lines, refused } = normaliseEvents(
          { events, historical: false, ...(sentAt !== undefined && { sentAt }) },
          NOW,
        );

        expect(lines.length + refused.length).toBe(events.length);
        for (const line of lines) {
          expect(line).not.toMatch(/[\n\r]/);
          const { ts, uuid } = JSON.parse(line);
          expect(Date.parse(ts)).not.toBeNaN();
          expect(uuid).toMatch(/^[0-9a-f-]{36}$/);
        }
      }),
    );
  });
});

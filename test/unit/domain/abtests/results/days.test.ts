import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dayOf, daysBetween, offsetsOf } from '#domain/abtests/results/days.ts';

const HOUR = 3_600_000;
const at = (iso: string): number => Date.parse(iso);

describe('days', () => {
  it.each([
    ['UTC', '2026-03-01T00:00:00Z', '2026-03-01'],
    ['Europe/Berlin', '2026-03-01T22:59:59Z', '2026-03-01'],
    ['Europe/Berlin', '2026-03-01T23:00:00Z', '2026-03-02'],
    ['America/Los_Angeles', '2026-03-01T07:59:00Z', '2026-02-28'],
    ['Asia/Kathmandu', '2026-03-01T18:15:00Z', '2026-03-02'],
  ])('of %s: %s is in %s', (zone, iso, day) => {
    expect(dayOf(at(iso), zone)).toBe(day);
  });

  it('are as long as clocks make them', () => {
    const spring = daysBetween(at('2026-03-28T12:00Z'), at('2026-03-30T12:00Z'), 'Europe/Berlin');
    const autumn = daysBetween(at('2026-10-25T12:00Z'), at('2026-10-25T12:00Z'), 'Europe/Berlin');

    expect(spring.map(({ day, from, to }) => [day, (to - from) / HOUR])).toEqual([
      ['2026-03-28', 24],
      ['2026-03-29', 23],
      ['2026-03-30', 24],
    ]);
    expect(autumn.map(({ from, to }) => (to - from) / HOUR)).toEqual([25]);
  });

  // Beirut, Santiago and others change at midnight, which then is not there or there twice.
  const zone = fc.constantFrom(
    ...['UTC', 'Europe/London', 'Asia/Beirut', 'America/Santiago', 'Africa/Cairo'],
    ...['Australia/Lord_Howe', 'Pacific/Chatham', 'America/St_Johns', 'Asia/Gaza'],
  );

  it('follow one another without a gap, and each has the times that clocks show as it', () => {
    const start = fc.integer({ min: at('2024-01-01'), max: at('2027-01-01') });
    fc.assert(
      fc.property(zone, start, fc.integer({ min: 0, max: 400 * 24 * HOUR }), (name, from, long) => {
        const days = daysBetween(from, from + long, name);

        expect(days.at(0)?.day).toBe(dayOf(from, name));
        expect(days.at(-1)?.day).toBe(dayOf(from + long, name));
        for (const [index, { day, from: first, to }] of days.entries()) {
          expect(days[index + 1]?.from ?? to).toBe(to);
          expect([dayOf(first, name), dayOf(to - 1, name)]).toEqual([day, day]);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('go by offsets that hold until the clocks are changed', () => {
    const offsets = offsetsOf('Europe/Berlin', at('2026-01-01'), at('2027-01-01'));

    expect(offsets).toEqual([
      { until: at('2026-03-29T01:00Z'), seconds: 3_600 },
      { until: at('2026-10-25T01:00Z'), seconds: 7_200 },
      { until: Number.POSITIVE_INFINITY, seconds: 3_600 },
    ]);
  });
});

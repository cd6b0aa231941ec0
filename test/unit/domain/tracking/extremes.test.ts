import fc from 'fast-check';
import { expect, it } from 'vitest';
import { extremes, LEAST_SAMPLE } from '#domain/tracking/series/extremes.ts';

const someValues = fc.array(
  fc.oneof(
    { weight: 8, arbitrary: fc.double({ noNaN: true, noDefaultInfinity: true }) },
    { weight: 4, arbitrary: fc.integer({ min: -3, max: 3 }) },
    { weight: 1, arbitrary: fc.constantFrom(Number.NaN, Infinity, -Infinity) },
  ),
  { maxLength: 400 },
);
const someMost = fc.integer({ min: LEAST_SAMPLE, max: 120 });

it('keeps the first, the last, the extremes and every kind of value, and no more than asked for', () => {
  fc.assert(
    fc.property(someValues, someMost, (list, most) => {
      const places = [...extremes(Float64Array.from(list), most)];
      const kept = places.map((place) => list[place] as number);

      expect(places).toEqual([...new Set(places)].sort((a, b) => a - b));
      expect(places.every((place) => place in list)).toBe(true);
      expect(places.length).toBeLessThanOrEqual(most);
      if (list.length <= most) expect(places).toHaveLength(list.length);
      if (list.length === 0) return;
      expect([places[0], places.at(-1)]).toEqual([0, list.length - 1]);
      const numbers = list.filter(Number.isFinite);
      const keptNumbers = kept.filter(Number.isFinite);
      expect(Math.min(...keptNumbers)).toBe(Math.min(...numbers));
      expect(Math.max(...keptNumbers)).toBe(Math.max(...numbers));
      for (const kind of [Number.NaN, Infinity, -Infinity]) {
        expect(kept.includes(kind)).toBe(list.includes(kind));
      }
    }),
  );
});

it('keeps every spike that is far enough from others', () => {
  const values = new Float64Array(10_000);
  const spikes = [17, 1_234, 5_000, 9_998];
  for (const place of spikes) values[place] = place % 2 === 0 ? 1e9 : -1e9;

  const places = [...extremes(values, 100)];

  expect(spikes.every((place) => places.includes(place))).toBe(true);
});

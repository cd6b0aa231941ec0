import { describe, expect, it } from 'vitest';
import { type ExposedVariant, sampleRatio } from '#domain/stats/index.ts';
import cases from './sample-ratios.json' with { type: 'json' };

const variant = (key: string, exposures: number, rolloutPercentage: number): ExposedVariant => ({
  key,
  exposures,
  rolloutPercentage,
});

describe('sampleRatio', () => {
  it.each(cases)('$id', ({ variants, excluded, expected }) => {
    const result = sampleRatio(variants, excluded);

    if (expected === null) return expect(result).toBeUndefined();
    expect(result?.expected).toEqual(expected.expected);
    expect(result?.degreesOfFreedom).toBe(expected.degreesOfFreedom);
    expect((result?.chiSquared ?? 0) / expected.chiSquared).toBeCloseTo(1, 12);
    expect((result?.pValue ?? 0) / expected.pValue).toBeCloseTo(1, 12);
  });

  it.each([
    ['99 exposures', [variant('a', 50, 50), variant('b', 49, 50)]],
    ['one variant', [variant('a', 500, 100), variant('b', 3, 0)]],
    ['no number', [variant('a', 500, 50), variant('b', Number.NaN, 50)]],
    ['nothing', []],
  ])('says nothing of %s', (_, variants) => {
    expect(sampleRatio(variants)).toBeUndefined();
  });

  it('tests from 100 exposures on', () => {
    expect(sampleRatio([variant('a', 50, 50), variant('b', 50, 50)])?.pValue).toBe(1);
  });
});

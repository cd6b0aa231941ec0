import { describe, expect, it } from 'vitest';
import {
  compileFlag,
  evaluate,
  holdoutHash,
  rolloutHash,
  variantHash,
} from '#domain/flags/index.ts';
import vectors from './hash-vectors.json' with { type: 'json' };

/** 99.9 % of chi-square with 3 degrees of freedom. */
const CHI2_999 = 16.266;

describe('the hashes of flags', () => {
  it.each(vectors)('place $distinctId of $flagKey where the clients do', (vector) => {
    expect(rolloutHash(vector.flagKey, vector.distinctId)).toBe(vector.rollout);
    expect(variantHash(vector.flagKey, vector.distinctId)).toBe(vector.variant);
    expect(holdoutHash(vector.distinctId)).toBe(vector.holdout);
  });

  it('spread ids over variants by their percentages', () => {
    const shares = { control: 40, a: 30, b: 20, c: 10 };
    const variants = Object.entries(shares).map(([key, share]) => ({
      key,
      rollout_percentage: share,
    }));
    const filters = { groups: [{ rollout_percentage: 100 }], multivariate: { variants } };
    const flag = compileFlag({ key: 'spread', active: true, filters });
    const counts = new Map<string | null, number>();

    for (let id = 0; id < 100_000; id += 1) {
      const { variant } = evaluate(flag, { distinctId: `user-${id}`, now: 0 });
      counts.set(variant, (counts.get(variant) ?? 0) + 1);
    }

    const chi2 = Object.entries(shares).reduce((sum, [key, share]) => {
      const expected = share * 1000;
      return sum + ((counts.get(key) ?? 0) - expected) ** 2 / expected;
    }, 0);
    expect([...counts.keys()].sort()).toEqual(['a', 'b', 'c', 'control']);
    expect(chi2).toBeLessThan(CHI2_999);
  });

  it('roll out to as many as the percentage says, and to more of the same', () => {
    const flagOf = (rollout_percentage: number) =>
      compileFlag({ key: 'roll', active: true, filters: { groups: [{ rollout_percentage }] } });
    const on = (percentage: number) => {
      const flag = flagOf(percentage);
      const ids = Array.from({ length: 20_000 }, (_, id) => `user-${id}`);
      return new Set(ids.filter((distinctId) => evaluate(flag, { distinctId, now: 0 }).enabled));
    };

    const [few, more] = [on(25), on(60)];

    expect(Math.abs(few.size - 5_000)).toBeLessThan(250);
    expect(Math.abs(more.size - 12_000)).toBeLessThan(280);
    expect([...few].filter((id) => !more.has(id))).toEqual([]);
    expect(on(0).size).toBe(0);
    expect(on(100).size).toBe(20_000);
  });

  it('include who stands exactly at the bound of a rollout, and nobody twice at a bound of variants', () => {
    const at = rolloutHash('bound', 'id-15');
    const split = variantHash('bound', 'id-15');
    const percentage = at * 100;
    // The way back from a percentage must give the same double for the bound to be met at all.
    expect(percentage / 100).toBe(at);
    const variants = [
      { key: 'below', rollout_percentage: split * 100 },
      { key: 'above', rollout_percentage: 100 - split * 100 },
    ];
    const filters = {
      groups: [{ rollout_percentage: percentage }],
      multivariate: { variants },
    };

    const evaluation = evaluate(compileFlag({ key: 'bound', active: true, filters }), {
      distinctId: 'id-15',
      now: 0,
    });

    expect((split * 100) / 100).toBe(split);
    expect(evaluation).toMatchObject({ enabled: true, variant: 'above' });
  });
});

import { describe, expect, it } from 'vitest';
import {
  groupName,
  groupsOf,
  seedLike,
} from '../../../../functions/web/app/pages/runs/compare/groups.ts';
import { meanInterval } from '../../../../functions/web/app/pages/runs/compare/mean-interval.ts';

describe('the interval of a mean', () => {
  it('is Student’s: as scipy.stats.t.interval(0.95, 3, mean, sem) tells it', () => {
    const { n, mean, low, high } = meanInterval([0.91, 0.93, 0.9, 0.94]);
    expect(n).toBe(4);
    expect(mean).toBeCloseTo(0.92, 12);
    // sem = 0.00912870929…; the quantile of 3 degrees of freedom is 3.18244630528…
    expect(low).toBeCloseTo(0.8909483734, 8);
    expect(high).toBeCloseTo(0.9490516266, 8);
  });

  it('is none of one value, and leaves out what is no number', () => {
    expect(meanInterval([3, Number.NaN, undefined])).toEqual({
      n: 1,
      without: 2,
      mean: 3,
      low: undefined,
      high: undefined,
    });
    expect(meanInterval([]).mean).toBeUndefined();
  });

  it('is a point of equal values', () => {
    expect(meanInterval([2, 2, 2])).toMatchObject({ low: 2, high: 2 });
  });
});

describe('configurations', () => {
  const runs = [
    { lr: '0.1', seed: '1' },
    { lr: '0.2', seed: '1' },
    { lr: '0.1', seed: '2' },
    { seed: '3' },
  ] as readonly Readonly<Record<string, string>>[];
  const param = (run: Readonly<Record<string, string>>, key: string) => run[key];

  it('are those that are equal in the params that count', () => {
    const groups = groupsOf(runs, ['lr'], param);
    expect(groups.map(({ items }) => items.map(({ seed }) => seed))).toEqual([
      ['1', '2'],
      ['1'],
      ['3'],
    ]);
    expect(groups.map(groupName)).toEqual(['lr 0.1', 'lr 0.2', 'lr –']);
    expect(groupsOf(runs, [], param).map(groupName)).toEqual(['All runs']);
  });

  it('are not mixed up by values that look like others', () => {
    const tricky = [{ a: 'x', b: 'y,z' }, { a: 'x,y', b: 'z' }, { a: 'null' }, {}] as typeof runs;
    expect(groupsOf(tricky, ['a', 'b'], param)).toHaveLength(4);
  });

  it('are repeated by what is called like a seed', () => {
    const names = [
      'seed',
      'data.seed',
      'random_state',
      'fold',
      'train_seed',
      'seedling',
      'rep',
      'report',
      'lr',
    ];
    expect(seedLike(names)).toEqual([
      'seed',
      'data.seed',
      'random_state',
      'fold',
      'train_seed',
      'rep',
    ]);
  });
});

import { expect, it } from 'vitest';
import { inParallel, slices } from '#aws/parallel.ts';

it('slices in order, the last one shorter', () => {
  expect(slices([1, 2, 3, 4, 5], 2)).toEqual([[1, 2], [3, 4], [5]]);
  expect(slices([], 2)).toEqual([]);
});

it('keeps the order and never has more calls under way than allowed', async () => {
  let underWay = 0;
  let most = 0;
  const call = async (item: number) => {
    underWay += 1;
    most = Math.max(most, underWay);
    await new Promise((resolve) => setTimeout(resolve, 5 - item));
    underWay -= 1;
    return item * 2;
  };

  expect(await inParallel([1, 2, 3, 4, 5], 2, call)).toEqual([2, 4, 6, 8, 10]);
  expect(most).toBe(2);
});

it('fails with the first failure', async () => {
  const call = async (item: number) => {
    if (item === 2) throw new Error('two');
    return item;
  };

  await expect(inParallel([1, 2, 3], 2, call)).rejects.toThrow('two');
});

import { expect, test } from 'vitest';
import { rangeOfX } from '../../../functions/web/app/ui/line-chart-options.ts';

const DAY_S = 86_400;

test('points at one place have a day or a step around them', () => {
  const at = Date.UTC(2026, 0, 1) / 1000;
  expect(rangeOfX([at], [at, at + 86_400_000], true)).toEqual([at - DAY_S, at + DAY_S]);
  expect(rangeOfX([7], [0, 14], false)).toEqual([6, 8]);
});

test('points at several places have the range that was asked for', () => {
  expect(rangeOfX([1, 2, 9], [2, 3], false)).toEqual([2, 3]);
  expect(rangeOfX([], [null, null], true)).toEqual([null, null]);
});

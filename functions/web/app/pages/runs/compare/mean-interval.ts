import { studentTQuantile } from '#domain/stats/index.ts';

export interface MeanInterval {
  /** Runs with a number. */
  readonly n: number;
  /** Runs whose value is NaN or infinite, or that have none. */
  readonly without: number;
  readonly mean: number | undefined;
  /** Where the mean lies with 95 %, by Student's t; nothing of fewer than two values. */
  readonly low: number | undefined;
  readonly high: number | undefined;
}

const PROBABILITY = 0.975;

/** Mean of some values, with its interval. Of a few repetitions the normal one would be far too narrow. */
export function meanInterval(values: readonly (number | undefined)[]): MeanInterval {
  const numbers = values.filter(
    (value) => value !== undefined && Number.isFinite(value),
  ) as number[];
  const n = numbers.length;
  const without = values.length - n;
  if (n === 0) return { n, without, mean: undefined, low: undefined, high: undefined };
  const mean = numbers.reduce((sum, value) => sum + value / n, 0);
  if (n === 1) return { n, without, mean, low: undefined, high: undefined };
  const squares = numbers.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const half = studentTQuantile(PROBABILITY, n - 1) * Math.sqrt(squares / (n - 1) / n);
  return { n, without, mean, low: mean - half, high: mean + half };
}

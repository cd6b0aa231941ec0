import { studentTQuantile } from '#domain/stats/index.ts';
import { differingParams } from '../charts/fields.ts';
import { metricOf, paramOf, type Run } from '../run-data.ts';

/** Runs of one configuration: equal in all params but those that are ignored. */
export interface Group {
  readonly id: string;
  /** What tells it from the other groups; nothing where there is one group alone. */
  readonly params: readonly (readonly [key: string, value: string | undefined])[];
  readonly runs: readonly Run[];
}

/** Names of params by which repetitions of one configuration usually differ. */
const SEED_LIKE =
  /(^|[^a-z])(seed|random_?state|fold|trial|repeat|repetition|replicate|rep)([^a-z]|$)/i;

export const seedLike = (keys: readonly string[]): readonly string[] =>
  keys.filter((key) => SEED_LIKE.test(key));

export function groupsOf(runs: readonly Run[], ignored: readonly string[]): readonly Group[] {
  const keys = differingParams(runs).filter((key) => !ignored.includes(key));
  const byId = Map.groupBy(runs, (run) =>
    JSON.stringify(keys.map((key) => paramOf(run, key) ?? null)),
  );
  return [...byId].map(([id, own]) => ({
    id,
    params: keys.map((key) => [key, own[0] === undefined ? undefined : paramOf(own[0], key)]),
    runs: own,
  }));
}

export const groupName = ({ params }: Group): string =>
  params.length === 0
    ? 'All runs'
    : params.map(([key, value]) => `${key} ${value ?? '–'}`).join(', ');

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

export const intervalOf = (group: Group, metric: string): MeanInterval =>
  meanInterval(group.runs.map((run) => metricOf(run, metric)));

/** The runs of an experiment, the same on every server. */
import { createHash } from 'node:crypto';

/** A run as it was logged and ended. */
export interface RunRow {
  /** 32 hex digits, the same on every server. */
  readonly id: string;
  readonly name: string;
  readonly startTime: number;
  readonly endTime: number;
  readonly metrics: Readonly<Record<string, number>>;
  readonly params: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
}

/** Runs of a page of a search: the smallest experiment has more that are found. */
export const PAGE = 50;

/** The metric that is searched by, and what it must be above: three of four runs are. */
export const SEARCHED = { metric: 'acc', above: 0.25 } as const;

const FIRST_START = 1_760_000_000_000;
/** Neither divides any number of runs that is used here, so that all values differ. */
const PRIMES = [7_919, 104_729] as const;

/** A number from 0 to 1 that only this row has, far from those of its neighbours. */
const scattered = (at: number, count: number, prime: number): number =>
  (((at * prime) % count) + 0.5) / count;

function runRow(at: number, count: number): RunRow {
  const acc = scattered(at, count, PRIMES[0]);
  const loss = scattered(at, count, PRIMES[1]);
  const startTime = FIRST_START + at * 1_000;
  return {
    id: createHash('md5').update(`run ${at} of ${count}`).digest('hex'),
    name: `run-${at}`,
    startTime,
    endTime: startTime + 60_000,
    metrics: { acc, loss, f1: acc * 0.9, precision: acc * 0.95, recall: 1 - loss / 2 },
    params: {
      lr: String((1 + (at % 50)) / 1_000),
      batch: String(16 << (at % 4)),
      depth: String(2 + (at % 7)),
      seed: String(at),
      model: ['mlp', 'cnn', 'tree', 'svm'][at % 4] ?? '',
    },
    tags: { team: `team ${at % 5}`, stage: at % 10 === 0 ? 'candidate' : 'trial' },
  };
}

/** One row after the other, so that nobody needs all of them in memory. */
export function* runRows(count: number): Generator<RunRow> {
  for (let at = 0; at < count; at += 1) yield runRow(at, count);
}

const pages = new Map<number, readonly string[]>();

/**
 * The ids that the first page of the search must show, in their order. Worked out once: meanwhile nobody
 * hears that a server ends its idle connections.
 */
export function expectedIds(count: number): readonly string[] {
  const page = pages.get(count) ?? firstPage(count);
  pages.set(count, page);
  return page;
}

const firstPage = (count: number): readonly string[] =>
  [...runRows(count)]
    .map(({ id, metrics }) => ({ id, value: metrics[SEARCHED.metric] ?? 0 }))
    .filter(({ value }) => value > SEARCHED.above)
    .sort((a, b) => b.value - a.value)
    .slice(0, PAGE)
    .map(({ id }) => id);

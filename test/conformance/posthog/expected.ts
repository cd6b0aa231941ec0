/** What an experiment's results must be: by pandas and GrowthBook's statistics, or by a plain count of the sums alone. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { ensureStatsPython } from '../../../infra/local/sample/python.ts';
import type { SentEvent } from './generator.ts';

export type Sums = Readonly<Record<string, number>>;

export interface Estimate {
  readonly interval: readonly [number, number];
  readonly p_value?: number;
  readonly chance_to_win?: number;
}

export interface ExpectedMetric {
  /** By variant. */
  readonly sums: Readonly<Record<string, Sums>>;
  readonly steps?: Readonly<Record<string, readonly number[]>>;
  readonly frequentist?: Estimate;
  readonly bayesian?: Estimate;
}

export interface Expected {
  readonly events: number;
  /** By variant, how many were exposed first on a day. */
  readonly exposures: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** People who saw more than one variant. */
  readonly multiple: number;
  readonly metrics: Readonly<Record<string, ExpectedMetric>>;
}

export interface Scene {
  readonly flag: string;
  readonly variants: readonly string[];
  /** ISO 8601; both included. */
  readonly start: string;
  readonly end: string;
}

const script = fileURLToPath(new URL('./expect.py', import.meta.url));

/** `file` has an event a line. */
export async function expectedByPandas(file: string, scene: Scene): Promise<Expected> {
  const python = await ensureStatsPython();
  const run = promisify(execFile);
  const { stdout } = await run(python, [script, JSON.stringify({ file, ...scene })]);
  return JSON.parse(stdout);
}

interface Seen {
  readonly first: string;
  readonly variants: ReadonlySet<unknown>;
}

const sorted = (events: readonly SentEvent[]): readonly SentEvent[] =>
  events.toSorted((a, b) => (a.timestamp < b.timestamp ? -1 : 1));

/** Everybody's events in their order, by the person whose they are. */
function byPerson(events: readonly SentEvent[]): ReadonlyMap<string, readonly SentEvent[]> {
  const merged = new Map(
    events
      .filter(({ event }) => event === '$identify')
      .map((each) => [String(each.properties.$anon_distinct_id), each.distinct_id]),
  );
  const own = Map.groupBy(events, ({ distinct_id: id }) => merged.get(id) ?? id);
  return new Map([...own].map(([person, some]) => [person, sorted(some)]));
}

function exposureOf(events: readonly SentEvent[], scene: Scene): Seen | undefined {
  const seen = events.filter(
    ({ event, timestamp, properties }) =>
      event === '$feature_flag_called' &&
      properties.$feature_flag === scene.flag &&
      timestamp >= scene.start &&
      timestamp <= scene.end,
  );
  const [first] = seen;
  if (first === undefined) return undefined;
  const variants = new Set(seen.map(({ properties }) => properties.$feature_flag_response));
  return { first: first.timestamp, variants };
}

const sumOf = (numbers: readonly number[]): number => numbers.reduce((sum, each) => sum + each, 0);

const sumsOf = (values: readonly number[]): Sums => ({
  number_of_samples: values.length,
  sum: sumOf(values),
  sum_squares: sumOf(values.map((value) => value * value)),
});

/** What one person did from the first exposure on. */
function valuesOf(events: readonly SentEvent[], first: string, end: string) {
  const after = events.filter(({ timestamp }) => timestamp >= first && timestamp <= end);
  const paid = after.filter(({ event }) => event === 'purchase');
  const viewed = after.find(({ event }) => event === 'pricing viewed')?.timestamp;
  const signsUp =
    viewed !== undefined &&
    after.some(({ event, timestamp }) => event === 'signed up' && timestamp >= viewed);
  return {
    amount: sumOf(paid.map(({ properties }) => Number(properties.amount))),
    purchases: paid.length,
    steps: viewed === undefined ? 0 : signsUp ? 2 : 1,
  };
}

/** Counts exposures, means and the funnel, event by event. */
export function expectedByCounting(all: readonly SentEvent[], scene: Scene): Expected {
  const rows: { variant: string; first: string; values: ReturnType<typeof valuesOf> }[] = [];
  let multiple = 0;
  for (const events of byPerson(all).values()) {
    const seen = exposureOf(events, scene);
    if (seen === undefined) continue;
    const [variant] = seen.variants;
    if (seen.variants.size > 1) multiple += 1;
    else {
      const values = valuesOf(events, seen.first, scene.end);
      rows.push({ variant: String(variant), first: seen.first, values });
    }
  }
  const ofVariants = <T>(make: (own: typeof rows) => T): Record<string, T> =>
    Object.fromEntries(
      scene.variants.map((key) => [key, make(rows.filter(({ variant }) => variant === key))]),
    );
  const least = (own: typeof rows, steps: number) =>
    own.filter(({ values }) => values.steps >= steps).length;
  return {
    events: all.length,
    multiple,
    exposures: ofVariants((own) => {
      const days = Map.groupBy(own, ({ first }) => first.slice(0, 10));
      return Object.fromEntries([...days].map(([day, some]) => [day, some.length]));
    }),
    metrics: {
      amount: { sums: ofVariants((own) => sumsOf(own.map(({ values }) => values.amount))) },
      purchases: { sums: ofVariants((own) => sumsOf(own.map(({ values }) => values.purchases))) },
      funnel: {
        sums: ofVariants((own) => sumsOf(own.map(({ values }) => (values.steps === 2 ? 1 : 0)))),
        steps: ofVariants((own) => [own.length, least(own, 1), least(own, 2)]),
      },
    },
  };
}

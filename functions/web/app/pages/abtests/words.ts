import { count, number, percent } from '../../data/format.ts';
import type { Metric, MetricKind } from './metric.ts';
import { type ResultRow, verdictOf } from './result-rows.ts';

const signed = new Intl.NumberFormat(undefined, {
  style: 'percent',
  maximumFractionDigits: 2,
  signDisplay: 'exceptZero',
});

/** A difference from the baseline: "+12.3 %", or in units of the metric. */
export const difference = (value: number, absolute = false): string =>
  absolute ? `${value > 0 ? '+' : ''}${number(value)}` : signed.format(value);

/** Shares as such, all else as numbers. */
export const metricValue = (kind: MetricKind, value: number | undefined): string => {
  if (value === undefined) return '–';
  return kind === 'funnel' || kind === 'retention' ? percent(value) : number(value);
};

/** Small ones as "< 0.0001". */
export const pValueText = (value: number): string =>
  value < 0.0001 ? '< 0.0001' : String(Number(value.toPrecision(2)));

const chanceFormat = new Intl.NumberFormat(undefined, {
  style: 'percent',
  maximumFractionDigits: 1,
});

/** Nothing is certain: never 0 % or 100 %. */
export function chanceText(chance: number): string {
  if (chance > 0.999) return '> 99.9%';
  if (chance < 0.001) return '< 0.1%';
  return chanceFormat.format(chance);
}

const FAILURES: Readonly<Record<string, string>> = {
  'not-enough-exposures': 'fewer than 50 people have taken part',
  'not-enough-metric-data': 'fewer than 5 people did what is counted',
  'baseline-mean-is-zero': 'the baseline is zero, and nothing is relative to zero',
};

/** Why there is no comparison, with who it is about. */
export function failureSentence(rows: readonly ResultRow[]): string | undefined {
  const failed = rows.filter(({ failures }) => failures.length > 0);
  if (failed.length === 0) return undefined;
  const parts = failed.map(
    ({ key, failures }) =>
      `${key}: ${failures.map((failure) => FAILURES[failure] ?? failure).join(', ')}`,
  );
  return `Too little to compare yet. ${parts.join('; ')}. This changes by itself as more people come.`;
}

export interface Stats {
  readonly method: 'bayesian' | 'frequentist';
  readonly confidence: number;
  readonly sequential: boolean;
  readonly absolute: boolean;
}

const level = (share: number): string => percent(Number(share.toFixed(6)));

/** What makes a result "significant" by this method, with the numbers of one variant. */
export function significanceSentence(metric: Metric, row: ResultRow, stats: Stats): string {
  const { estimate, low, high } = row;
  if (estimate === undefined || low === undefined || high === undefined) return '';
  const range = `${difference(low, stats.absolute)} to ${difference(high, stats.absolute)}`;
  const verdict = verdictOf(metric, row);
  if (stats.method === 'bayesian') {
    const chance = chanceText(row.chanceToWin ?? Number.NaN);
    const why = {
      better: 'above 95%, which is called significant',
      worse: 'below 5%, which is called significant (for the worse)',
    };
    const said = verdict === 'better' || verdict === 'worse' ? why[verdict] : undefined;
    return `${row.key} is better with a chance of ${chance}, ${said ?? 'between 5% and 95%, so it is open which is better'}; with ${level(stats.confidence)} probability the difference is ${range}.`;
  }
  const alpha = level(1 - stats.confidence);
  const p = pValueText(row.pValue ?? Number.NaN);
  const rule =
    verdict === 'open'
      ? `p = ${p} is not below ${alpha}, so chance alone may explain the difference`
      : `p = ${p} is below ${alpha}, which is called significant: without any difference, a result like this would be that rare`;
  return `${row.key}: ${rule}; the ${level(stats.confidence)} confidence interval is ${range}.`;
}

export const SEQUENTIAL_NOTE =
  'Sequential testing: the intervals hold however often you look, so you may stop as soon as a result is significant. They are wider than those of a fixed plan.';

export const FIXED_NOTE =
  'Decide at the planned number of people. Stopping as soon as a result looks significant finds differences that are not there; sequential testing allows it.';

/** Below this the split is taken for wrong, as in PostHog. */
export const MISMATCH_P = 0.001;

interface Exposed {
  readonly total_exposures: { readonly [variant: string]: number };
  readonly sample_ratio_mismatch: {
    readonly expected: { readonly [variant: string]: number };
    readonly p_value: number;
  } | null;
}

export interface Mismatch {
  readonly sentence: string;
  readonly rows: readonly {
    readonly key: string;
    readonly observed: number;
    readonly expected: number;
  }[];
}

/** Whether variants got people as they were meant to; `undefined` where nothing speaks against it. */
export function mismatchOf({
  sample_ratio_mismatch: ratio,
  total_exposures: totals,
}: Exposed): Mismatch | undefined {
  if (ratio === null || ratio.p_value >= MISMATCH_P) return undefined;
  const rows = Object.entries(ratio.expected).map(([key, expected]) => ({
    key,
    observed: totals[key] ?? 0,
    expected,
  }));
  const all = rows.reduce((sum, { observed }) => sum + observed, 0);
  return {
    rows,
    sentence: `Of ${count(all)} people, the variants did not get the shares that the flag gives them (p ${pValueText(ratio.p_value).startsWith('<') ? '' : '= '}${pValueText(ratio.p_value)}). Chance does not explain that: some people are lost or counted twice, and the results may be wrong. Look for variants that load slower or crash, redirects, bots, or code that reports the exposure in one variant only.`,
  };
}

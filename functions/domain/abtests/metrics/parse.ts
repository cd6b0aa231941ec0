import type * as z from 'zod';
import { holdsProto } from '#kernel/proto-key.ts';
import { isDoc, wrong } from '../refuse.ts';
import { Metric } from './schema.ts';

/** A document that users store as they send it. */
export type Doc = { readonly [name: string]: unknown };

const MAX_METRICS = 100;
/** More mistakes than this in one metric help nobody. */
const MAX_ISSUES = 15;
/** A metric is one row with others beside it. */
const MAX_BYTES = 64 * 1024;

const LEGACY: readonly unknown[] = ['ExperimentTrendsQuery', 'ExperimentFunnelsQuery'];

interface Mistake {
  readonly loc: readonly PropertyKey[];
  readonly type: string;
  readonly msg: string;
}

/** Keys that do not belong there are one mistake each. */
const mistakesOf = (issue: z.core.$ZodIssue): readonly Mistake[] => {
  if (issue.code !== 'unrecognized_keys') {
    return [{ loc: issue.path, type: issue.code, msg: issue.message }];
  }
  return issue.keys.map((key) => ({
    loc: [...issue.path, key.slice(0, 100)],
    type: 'extra_forbidden',
    msg: 'Extra inputs are not permitted',
  }));
};

const listed = ({ issues }: z.ZodError): string =>
  JSON.stringify(issues.flatMap(mistakesOf).slice(0, MAX_ISSUES));

/** What is wrong with a metric in words, `undefined` where nothing is. */
function problemOf(metric: unknown): string | undefined {
  if (!isDoc(metric)) return 'must be a dict';
  const { kind, metric_type: type, series } = metric;
  if (LEGACY.includes(kind)) {
    return `legacy metric kind '${String(kind)}' is no longer supported for new experiments. Use 'ExperimentMetric' instead.`;
  }
  if (kind !== 'ExperimentMetric') return "metric kind must be 'ExperimentMetric'";
  if (type === 'funnel' && (!Array.isArray(series) || series.length === 0)) {
    return 'funnel metrics require at least one step in the series (in addition to the exposure event)';
  }
  if (JSON.stringify(metric).length > MAX_BYTES)
    return `must not be larger than ${MAX_BYTES} bytes`;
  if (holdsProto(metric)) return "must not hold the key '__proto__'";
  const parsed = Metric.safeParse(metric);
  return parsed.success ? undefined : listed(parsed.error);
}

/** The query of a metric that stands alone, as it was sent. `attr` is where it was. Throws `invalid`. */
export function parseMetric(value: unknown, attr: string): Doc {
  const problem = problemOf(value);
  if (problem === undefined && isDoc(value)) return value;
  throw wrong(attr, `Invalid metric: ${problem}`);
}

/** The metrics of a list, as they were sent; nothing is none. Throws `invalid` for the first that is none. */
export function parseMetrics(value: unknown, attr: string): readonly Doc[] {
  if (value === null || value === undefined) return [];
  if (!Array.isArray(value)) throw wrong(attr, 'Metrics must be a list');
  if (value.length > MAX_METRICS) {
    throw wrong(attr, `There must be no more than ${MAX_METRICS} metrics`);
  }
  return value.map((metric: unknown, index) => {
    const problem = problemOf(metric);
    if (problem === undefined && isDoc(metric)) return metric;
    throw wrong(attr, `Invalid metric at index ${index}: ${problem}`);
  });
}

import type { SqlDialect } from '#kernel/warehouse.ts';
import type { Metric, Source } from '../../metrics/index.ts';
import type { ExperimentWindow } from '../window.ts';
import { allOf, secondsLiteral, timeLiteral } from './literal.ts';
import { amountOf, isOfSource } from './source.ts';
import { conversionSeconds } from './span.ts';

/** What builds the statement of a metric. */
export interface Plan {
  readonly dialect: SqlDialect;
  readonly window: ExperimentWindow;
}

/** What a metric is worked out with: `entities` has a row for each, with its `variant` and `columns`. */
export interface Entities {
  readonly named: readonly string[];
  readonly columns: readonly Column[];
  /** How many steps a funnel has; `steps` of `entities` says how many each has taken. */
  readonly steps?: number;
}

export type Column = 'value' | 'denominator' | 'covariate';

/** Which events of an entity count: those after its first exposure, or those of some days before it. */
export type Span = { readonly after: number | undefined } | { readonly before: number };

/** Seconds of a day. */
export const DAY = 86_400;

/** When events end to count that may come so many seconds after the end: what is not known yet never does. */
export const lastOf = ({ endDate, asOf }: ExperimentWindow, seconds: number): number =>
  Math.min(endDate + seconds * 1_000, Math.max(endDate, asOf));

/** The condition that ties events `m` to an exposure `e`. */
export function within({ window }: Plan, span: Span): string {
  if ('before' in span) {
    const seconds = span.before * DAY;
    return allOf([
      `m.ts < e.first_ts AND m.ts >= e.first_ts - ${secondsLiteral(seconds)}`,
      `m.ts >= ${timeLiteral(window.startDate - seconds * 1_000)}`,
    ]);
  }
  const seconds = span.after ?? 0;
  return allOf([
    'm.ts >= e.first_ts',
    ...(seconds > 0 ? [`m.ts < e.first_ts + ${secondsLiteral(seconds)}`] : []),
    `m.ts >= ${timeLiteral(window.startDate)}`,
    `m.ts < ${timeLiteral(lastOf(window, seconds))}`,
  ]);
}

/** `name`: what the events of a source add up to (`v`), for entities that have some. */
export const totalSql = (plan: Plan, name: string, source: Source, span: Span): string =>
  `${name} AS (SELECT e.person, ${amountOf(plan.dialect, source)} AS v
    FROM exposures e JOIN events m ON m.person = e.person
    WHERE ${isOfSource(plan.dialect, source)} AND ${within(plan, span)} GROUP BY e.person)`;

/** `entities` of totals by their columns; who has none counts as 0. */
export function joinedSql(totals: { readonly [column in Column]?: string }): string {
  const joined = Object.entries(totals);
  const values = joined.map(([column, name]) => `coalesce(${name}.v, 0e0) AS ${column}`);
  const joins = joined.map(([, name]) => `LEFT JOIN ${name} ON ${name}.person = e.person`);
  return `SELECT e.person, e.variant, ${values.join(', ')} FROM exposures e ${joins.join(' ')}`;
}

export const afterExposure = (metric: Metric): Span => ({ after: conversionSeconds(metric) });

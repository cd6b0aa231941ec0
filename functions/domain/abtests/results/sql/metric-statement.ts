import type { SqlDialect, Statement } from '#kernel/warehouse.ts';
import type { Metric } from '../../metrics/index.ts';
import { cannotCompute } from '../refuse.ts';
import type { ExperimentWindow } from '../window.ts';
import { type Column, DAY, type Entities, lastOf, type Plan } from './entities.ts';
import { exposuresSql } from './exposures.ts';
import { funnelEntities } from './funnel.ts';
import { meanEntities, ratioEntities } from './mean.ts';
import { retentionEntities } from './retention.ts';
import { conversionSeconds, secondsOf } from './span.ts';

/** Second moments come centred from the engine, too, since plain sums of squares of large values say nothing of their spread. */
const sumsSql = (column: Column): readonly string[] => [
  `sum(${column}) AS ${column}_sum`,
  `sum(${column} * ${column}) AS ${column}_squares`,
  `avg(${column}) AS ${column}_mean`,
  `var_pop(${column}) AS ${column}_variance`,
  ...(column === 'value'
    ? []
    : [
        `sum(value * ${column}) AS ${column}_product`,
        `covar_pop(value, ${column}) AS ${column}_covariance`,
      ]),
];

const stepsSql = (steps: number): readonly string[] =>
  Array.from(
    { length: steps },
    (_, index) => `sum(CASE WHEN steps >= ${index + 1} THEN 1e0 ELSE 0e0 END) AS step_${index + 1}`,
  );

function entitiesOf(plan: Plan, metric: Metric): Entities {
  switch (metric.metric_type) {
    case 'mean':
      return meanEntities(plan, metric);
    case 'funnel':
      return funnelEntities(plan, metric);
    case 'ratio':
      return ratioEntities(plan, metric);
    case 'retention':
      return retentionEntities(plan, metric);
  }
}

function requireNoBreakdown({ breakdownFilter: filter }: Metric): void {
  const { breakdowns, breakdown } = filter ?? {};
  const isEmpty =
    (breakdown ?? null) === null && !(Array.isArray(breakdowns) && breakdowns.length > 0);
  if (!isEmpty) throw cannotCompute('Breakdowns of metrics cannot be computed here.');
}

/** The start matures, and not the exposure, where that is what a metric measures from. */
const maturesAfter = (metric: Metric): number | undefined =>
  metric.metric_type === 'retention' ? undefined : conversionSeconds(metric);

/** Sums by variant, of one row for each entity. Throws `invalid` for what cannot be computed. */
export function metricStatement(
  dialect: SqlDialect,
  window: ExperimentWindow,
  metric: Metric,
): Statement {
  requireNoBreakdown(metric);
  const entities = entitiesOf({ dialect, window }, metric);
  const sums = [...entities.columns.flatMap(sumsSql), ...stepsSql(entities.steps ?? 0)];
  return {
    named: [...exposuresSql(dialect, window, maturesAfter(metric)), ...entities.named],
    select: `SELECT variant, count(*) AS n, ${sums.join(', ')} FROM entities GROUP BY variant`,
  };
}

/** Which events a metric can depend on, in milliseconds; the second is excluded. */
export function eventsNeeded(
  window: ExperimentWindow,
  metric: Metric,
): { readonly from: number; readonly to: number } {
  const after =
    (conversionSeconds(metric) ?? 0) +
    (metric.metric_type === 'retention'
      ? secondsOf(metric.retention_window_end + 1, metric.retention_window_unit)
      : 0);
  return {
    from: window.startDate - (window.lookbackDays ?? 0) * DAY * 1_000,
    to: lastOf(window, after) + 1,
  };
}

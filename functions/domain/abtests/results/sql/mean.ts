import type { MeanMetric, RatioMetric } from '../../metrics/index.ts';
import { afterExposure, type Entities, joinedSql, type Plan, totalSql } from './entities.ts';
import { doubleLiteral } from './literal.ts';

/** `sorted[int(level · n)]`, or the last: an exact quantile by rank. */
const rankSql = (level: number, count: string): string =>
  level >= 1 ? `${count} - 1` : `CAST(floor(${doubleLiteral(level)} * ${count}) AS BIGINT)`;

const boundSql = (level: number | null | undefined, rank: string, count: string): string =>
  typeof level === 'number'
    ? `max(CASE WHEN ${rank} = ${rankSql(level, count)} THEN value END)`
    : 'max(CAST(NULL AS DOUBLE))';

/**
 * Values beyond the bounds become the bounds, which are taken of all variants together. Zeros are left out
 * of the upper one where the metric says so.
 */
function winsorizedSql(metric: MeanMetric): readonly string[] {
  const { lower_bound_percentile: lower, upper_bound_percentile: upper } = metric;
  const isUpper = metric.ignore_zeros === true ? 'value <> 0e0' : 'TRUE';
  const columns = 'value, row_number() OVER (ORDER BY value) - 1 AS place, count(*) OVER () AS n';
  return [
    `ranked AS (SELECT ${columns} FROM plain)`,
    `high_ranked AS (SELECT ${columns} FROM plain WHERE ${isUpper})`,
    `bounds AS (SELECT (SELECT ${boundSql(lower, 'place', 'n')} FROM ranked) AS low,
      (SELECT ${boundSql(upper, 'place', 'n')} FROM high_ranked) AS high)`,
  ];
}

const CLAMPED = `least(greatest(p.value, coalesce(b.low, p.value)),
  coalesce(b.high, greatest(p.value, coalesce(b.low, p.value))))`;

const isWinsorized = (metric: MeanMetric): boolean =>
  [metric.lower_bound_percentile, metric.upper_bound_percentile].some(
    (level) => typeof level === 'number',
  );

/** A threshold makes ones and zeros of values, which have no outliers and no covariate on their scale. */
export function meanEntities(plan: Plan, metric: MeanMetric): Entities {
  const { source, threshold } = metric;
  const after = totalSql(plan, 'total', source, afterExposure(metric));
  const { once } = plan.dialect;
  if (typeof threshold === 'number') {
    const reaches = `CASE WHEN value >= ${doubleLiteral(threshold)} THEN 1e0 ELSE 0e0 END`;
    return {
      named: [
        after,
        `plain AS (${joinedSql({ value: 'total' })})`,
        `entities AS (SELECT person, variant, ${reaches} AS value FROM plain)`,
      ],
      columns: ['value'],
    };
  }
  const days = plan.window.lookbackDays;
  const earlier = days === undefined ? [] : [totalSql(plan, 'earlier', source, { before: days })];
  const joined = joinedSql({ value: 'total', ...(days !== undefined && { covariate: 'earlier' }) });
  const columns: Entities['columns'] = days === undefined ? ['value'] : ['value', 'covariate'];
  if (!isWinsorized(metric)) {
    return { named: [after, ...earlier, `entities AS (${joined})`], columns };
  }
  const others = columns.filter((column) => column !== 'value').map((column) => `, p.${column}`);
  return {
    named: [
      after,
      ...earlier,
      `plain ${once} (${joined})`,
      ...winsorizedSql(metric),
      `entities AS (SELECT p.person, p.variant, ${CLAMPED} AS value${others.join('')}
        FROM plain p CROSS JOIN bounds b)`,
    ],
    columns,
  };
}

/** The values of both sources for each entity. */
export function ratioEntities(plan: Plan, metric: RatioMetric): Entities {
  const span = afterExposure(metric);
  return {
    named: [
      totalSql(plan, 'above', metric.numerator, span),
      totalSql(plan, 'below', metric.denominator, span),
      `entities AS (${joinedSql({ value: 'above', denominator: 'below' })})`,
    ],
    columns: ['value', 'denominator'],
  };
}

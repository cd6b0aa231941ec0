import type { FunnelMetric, Source } from '../../metrics/index.ts';
import { cannotCompute } from '../refuse.ts';
import {
  afterExposure,
  type Entities,
  type Plan,
  type Span,
  totalSql,
  within,
} from './entities.ts';
import { isOfSource } from './source.ts';

/** Of the events that can be a step the first is it. */
const FIRST = 'ROW(m.ts, m.uuid)';

/**
 * `step_<n>`: who took the first n steps, each by an event that was not before that of the last step and is none
 * of theirs. The first exposure comes before all of them.
 */
function orderedStep(plan: Plan, source: Source, span: Span, step: number): string {
  const before = step === 1 ? 'exposures' : `step_${step - 1}`;
  const carried = ['person', 'first_ts', 'first_uuid'];
  for (let earlier = 1; earlier < step; earlier += 1) carried.push(`uuid_${earlier}`);
  const columns = carried.map((column) => `e.${column}`).join(', ');
  const used = carried.slice(2).map((column) => `m.uuid <> e.${column}`);
  const isLater = step === 1 ? [] : ['m.ts >= e.step_ts'];
  const conditions = [isOfSource(plan.dialect, source), within(plan, span), ...isLater, ...used];
  return `step_${step} ${plan.dialect.once} (SELECT ${columns}, min(m.ts) AS step_ts,
    min_by(m.uuid, ${FIRST}) AS uuid_${step}
    FROM ${before} e JOIN events m ON m.person = e.person
    WHERE ${conditions.join(' AND ')} GROUP BY ${columns})`;
}

/** `step_<n>`: who took that step, whenever it was. */
const unorderedStep = (plan: Plan, source: Source, span: Span, step: number): string =>
  `step_${step} AS (SELECT DISTINCT e.person FROM exposures e JOIN events m ON m.person = e.person
    WHERE ${isOfSource(plan.dialect, source)} AND ${within(plan, span)} AND m.uuid <> e.first_uuid)`;

/** As a proportion is adjusted by one: whether the last step was taken before the first exposure. */
function covariate(plan: Plan, { series, funnel_order_type: order }: FunnelMetric) {
  const { lookbackDays } = plan.window;
  const last = series.at(-1);
  if (lookbackDays === undefined || last === undefined || order === 'unordered') return undefined;
  if (last.kind !== 'EventsNode') return undefined;
  const source: Source = { ...last, math: 'dau' };
  return totalSql(plan, 'earlier', source, { before: lookbackDays });
}

/** An entity counts as 1 where it took all steps. */
export function funnelEntities(plan: Plan, metric: FunnelMetric): Entities {
  const { series, funnel_order_type: order } = metric;
  if (order === 'strict') {
    throw cannotCompute('Funnels in strict order cannot be computed here; use ordered ones.');
  }
  const span = afterExposure(metric);
  const stepSql = order === 'unordered' ? unorderedStep : orderedStep;
  const steps = series.map((source, index) => stepSql(plan, source, span, index + 1));
  const names = series.map((_, index) => `step_${index + 1}`);
  const earlier = covariate(plan, metric);
  const taken = names.map((name) => `CASE WHEN ${name}.person IS NULL THEN 0 ELSE 1 END`);
  const joins = [...names, ...(earlier === undefined ? [] : ['earlier'])].map(
    (name) => `LEFT JOIN ${name} ON ${name}.person = e.person`,
  );
  const more = earlier === undefined ? '' : ', coalesce(earlier.v, 0e0) AS covariate';
  return {
    named: [
      ...steps,
      ...(earlier === undefined ? [] : [earlier]),
      `taken AS (SELECT e.person, e.variant, ${taken.join(' + ')} AS steps${more}
        FROM exposures e ${joins.join(' ')})`,
      `entities AS (SELECT taken.*, CASE WHEN steps = ${names.length} THEN 1e0 ELSE 0e0 END AS value
        FROM taken)`,
    ],
    columns: earlier === undefined ? ['value'] : ['value', 'covariate'],
    steps: names.length,
  };
}

import type { RetentionMetric, Unit } from '../../metrics/index.ts';
import { type Entities, lastOf, type Plan, within } from './entities.ts';
import { allOf, secondsLiteral, timeLiteral } from './literal.ts';
import { isOfSource } from './source.ts';
import { conversionSeconds, secondsOf } from './span.ts';
import { shownAt } from './zone.ts';

const MOST_MONTHS = 120;

/** Months are those of the calendar; all else has a fixed length. */
const intervalSql = (count: number, unit: Unit): string =>
  unit === 'month'
    ? `INTERVAL '${Math.min(count, MOST_MONTHS)}' MONTH`
    : secondsLiteral(secondsOf(count, unit));

/** Days and hours are those that clocks show: the seventh day is all of it. */
function roundedSql({ window }: Plan, unit: Unit, time: string): string {
  if (unit !== 'day' && unit !== 'hour') return time;
  const { timezone, startDate, endDate } = window;
  return `date_trunc('${unit}', ${shownAt(time, timezone, startDate, endDate)})`;
}

/** `starts`: when and by which event each began; who did not is not in it. */
function startsSql(plan: Plan, metric: RetentionMetric): string {
  const { start_event: start, start_handling: handling } = metric;
  if (start.kind === 'ExperimentExposureNode') {
    return `SELECT person, variant, first_ts AS start_ts, first_uuid AS start_uuid FROM exposures`;
  }
  const [time, event] = handling === 'last_seen' ? ['max', 'max_by'] : ['min', 'min_by'];
  return `SELECT e.person, e.variant, ${time}(m.ts) AS start_ts,
    ${event}(m.uuid, ROW(m.ts, m.uuid)) AS start_uuid
    FROM exposures e JOIN events m ON m.person = e.person
    WHERE ${isOfSource(plan.dialect, start)}
      AND ${within(plan, { after: conversionSeconds(metric) })}
    GROUP BY e.person, e.variant`;
}

/** Those who began: the value says whether they came back in the window, the denominator counts them. */
export function retentionEntities(plan: Plan, metric: RetentionMetric): Entities {
  const { window, dialect } = plan;
  const { retention_window_unit: unit } = metric;
  const lasts = secondsOf(metric.retention_window_end, unit);
  const latest = lastOf(window, (conversionSeconds(metric) ?? 0) + lasts + secondsOf(1, unit));
  const [from, to] = [metric.retention_window_start, metric.retention_window_end].map(
    (count) => `${roundedSql(plan, unit, 's.start_ts')} + ${intervalSql(count, unit)}`,
  );
  const came = roundedSql(plan, unit, 'm.ts');
  const isMatured =
    window.onlyCountMaturedUsers === true
      ? `start_ts + ${secondsLiteral(lasts)} <= ${timeLiteral(window.asOf)}`
      : 'TRUE';
  const conditions = allOf([
    isOfSource(dialect, metric.completion_event),
    `m.ts >= s.start_ts AND m.uuid <> s.start_uuid`,
    `m.ts >= ${timeLiteral(window.startDate)} AND m.ts < ${timeLiteral(latest)}`,
    `${came} >= ${from} AND ${came} <= ${to}`,
  ]);
  return {
    named: [
      `begun AS (${startsSql(plan, metric)})`,
      `starts ${dialect.once} (SELECT * FROM begun WHERE ${isMatured})`,
      `returned AS (SELECT DISTINCT s.person FROM starts s JOIN events m ON m.person = s.person
        WHERE ${conditions})`,
      `entities AS (SELECT s.person, s.variant, 1e0 AS denominator,
        CASE WHEN r.person IS NULL THEN 0e0 ELSE 1e0 END AS value
        FROM starts s LEFT JOIN returned r ON r.person = s.person)`,
    ],
    columns: ['value', 'denominator'],
  };
}

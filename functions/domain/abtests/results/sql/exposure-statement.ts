import type { SqlDialect, Statement } from '#kernel/warehouse.ts';
import type { ExperimentWindow } from '../window.ts';
import { assignedSql } from './exposures.ts';
import { shownAt } from './zone.ts';

/** How many were first exposed on each day of the project, by variant. */
export function exposureStatement(dialect: SqlDialect, window: ExperimentWindow): Statement {
  const { timezone, startDate, endDate } = window;
  const shown = shownAt('first_ts', timezone, startDate, endDate);
  return {
    named: [
      ...assignedSql(dialect, window),
      `daily AS (SELECT CAST(CAST(${shown} AS DATE) AS VARCHAR) AS day, variant FROM assigned)`,
    ],
    select:
      'SELECT day, variant, count(*) AS n FROM daily GROUP BY day, variant ORDER BY day, variant',
  };
}

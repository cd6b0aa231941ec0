import type { SqlDialect } from '#kernel/warehouse.ts';
import type { Exposure } from '../../metrics/index.ts';
import { cannotCompute } from '../refuse.ts';
import { testAccountFiltersOf } from '../test-accounts.ts';
import { countedVariants, type ExperimentWindow, knownVariants, MULTIPLE } from '../window.ts';
import { allOf, secondsLiteral, textLiteral, timeLiteral } from './literal.ts';
import { filtersSql } from './property-filter.ts';

const FLAG_CALLED = '$feature_flag_called';

function requireExposure({ exposure, groupTypeIndex }: ExperimentWindow): Exposure {
  if (groupTypeIndex !== undefined) {
    throw cannotCompute('Experiments on groups of people cannot be computed here.');
  }
  if (exposure === undefined) {
    throw cannotCompute('Exposure by actions cannot be computed here; name an event instead.');
  }
  return exposure;
}

const oneOf = (variants: readonly string[]): string =>
  variants.length === 0 ? '(NULL)' : `(${variants.map(textLiteral).join(', ')})`;

/** Events that show somebody a variant. */
function seenSql(dialect: SqlDialect, window: ExperimentWindow, exposure: Exposure): string {
  const isCalled = exposure.event === FLAG_CALLED;
  const variant = isCalled
    ? 'x.variant'
    : dialect.member('x.properties', `$feature/${window.flagKey}`);
  const filters = [
    ...exposure.properties,
    ...(exposure.filterTestAccounts ? testAccountFiltersOf(window) : []),
  ];
  const where = allOf([
    `x.event = ${textLiteral(exposure.event)}`,
    `x.ts >= ${timeLiteral(window.startDate)} AND x.ts <= ${timeLiteral(window.endDate)}`,
    ...(isCalled ? [`x.flag = ${textLiteral(window.flagKey)}`] : []),
    `${variant} IN ${oneOf(knownVariants(window))}`,
    ...(filters.length === 0 ? [] : [filtersSql(dialect, 'x', filters)]),
  ]);
  return `SELECT x.person, x.ts, x.uuid, ${variant} AS variant FROM events x WHERE ${where}`;
}

/** Of events at the same time the one with the least uuid came first. */
export const FIRST = 'ROW(ts, uuid)';

/**
 * `assigned`: everybody who saw a variant, with it, the time and the event of the first exposure. Whoever saw several
 * has the first of them, or stands apart.
 */
export function assignedSql(dialect: SqlDialect, window: ExperimentWindow): readonly string[] {
  const exposure = requireExposure(window);
  const variant =
    exposure.multipleVariants === 'first_seen'
      ? `min_by(variant, ${FIRST})`
      : `CASE WHEN min(variant) <> max(variant) THEN ${textLiteral(MULTIPLE)} ELSE min(variant) END`;
  return [
    `seen AS (${seenSql(dialect, window, exposure)})`,
    `assigned ${dialect.once} (SELECT person, ${variant} AS variant, min(ts) AS first_ts,
      min_by(uuid, ${FIRST}) AS first_uuid FROM seen GROUP BY person)`,
  ];
}

/** `exposures`: those of whom the results are. */
export function exposuresSql(
  dialect: SqlDialect,
  window: ExperimentWindow,
  maturesAfterSeconds: number | undefined,
): readonly string[] {
  const isMatured =
    window.onlyCountMaturedUsers === true && maturesAfterSeconds !== undefined
      ? [`first_ts + ${secondsLiteral(maturesAfterSeconds)} <= ${timeLiteral(window.asOf)}`]
      : [];
  const where = allOf([`variant IN ${oneOf(countedVariants(window))}`, ...isMatured]);
  return [
    ...assignedSql(dialect, window),
    `exposures ${dialect.once} (SELECT * FROM assigned WHERE ${where})`,
  ];
}

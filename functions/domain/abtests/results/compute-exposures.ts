import type { Context } from '#kernel/context.ts';
import type { WarehouseRow } from '#kernel/warehouse.ts';
import { ask, numberIn } from './ask.ts';
import { daysBetween } from './days.ts';
import { exposureStatement } from './sql/exposure-statement.ts';
import { type ExperimentWindow, knownVariants, MULTIPLE } from './window.ts';

export interface VariantExposures {
  /** A variant's key, or `$multiple` for those who saw several and are left out. */
  readonly key: string;
  /** How many were exposed up to the end of each of `days`. */
  readonly counts: readonly number[];
  readonly total: number;
}

export interface Exposures {
  /** Days of the project's time zone, from the start to the end: `2030-01-31`. */
  readonly days: readonly string[];
  readonly variants: readonly VariantExposures[];
}

function cumulated(
  rows: readonly WarehouseRow[],
  key: string,
  days: readonly string[],
): VariantExposures {
  const byDay = new Map(
    rows.filter(({ variant }) => variant === key).map((row) => [row.day, numberIn(row, 'n')]),
  );
  let total = 0;
  const counts = days.map((day) => {
    total += byDay.get(day) ?? 0;
    return total;
  });
  return { key, counts, total };
}

/** Who was exposed to which variant of an experiment, day by day. Throws as `computeMetric`. */
export async function computeExposures(ctx: Context, window: ExperimentWindow): Promise<Exposures> {
  const { groupId, startDate, endDate, timezone } = window;
  const rows = await ask(ctx, {
    groupId,
    from: startDate,
    to: endDate + 1,
    statement: (dialect) => exposureStatement(dialect, window),
  });
  const days = daysBetween(startDate, endDate, timezone).map(({ day }) => day);
  const hasMultiple = rows.some(({ variant }) => variant === MULTIPLE);
  const keys = [...knownVariants(window), ...(hasMultiple ? [MULTIPLE] : [])];
  return { days, variants: keys.map((key) => cumulated(rows, key, days)) };
}

import type { Metric, Unit } from '../../metrics/index.ts';

const SECONDS: { readonly [unit in Unit]: number } = {
  second: 1,
  minute: 60,
  hour: 3_600,
  day: 86_400,
  week: 604_800,
  month: 2_592_000,
};
/** Events are not kept as long as this; dates beyond would leave what engines can count with. */
const MOST_SECONDS = 10 * 365 * 86_400;

/** A month counts as 30 days. */
export const secondsOf = (count: number, unit: Unit): number =>
  Math.min(MOST_SECONDS, count * SECONDS[unit]);

/** Seconds after the first exposure in which events count; `undefined` where they all do. */
export function conversionSeconds({
  conversion_window: count,
  conversion_window_unit: unit,
}: Metric): number | undefined {
  return typeof count === 'number' && count > 0 ? secondsOf(count, unit ?? 'day') : undefined;
}

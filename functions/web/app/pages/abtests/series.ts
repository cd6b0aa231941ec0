import type { Metric } from './metric.ts';
import { type Analysis, type ResultRow, rowsOf } from './result-rows.ts';

type Days = { readonly [day: string]: Analysis | null };

export interface DayLine {
  readonly label: string;
  readonly x: readonly number[];
  readonly y: readonly (number | null)[];
  readonly low: readonly (number | null)[];
  readonly high: readonly (number | null)[];
}

export interface DaySeries {
  /** One for each variant but the baseline. */
  readonly lines: readonly DayLine[];
  readonly zero: Pick<DayLine, 'label' | 'x' | 'y'> & { readonly faint: true };
  /** How many days there is a result of. */
  readonly days: number;
}

/** The differences of each variant by day, in percent or in units of the metric. */
export function daySeries(timeseries: Days, metric: Metric, factor = 100): DaySeries {
  const days = Object.keys(timeseries).sort();
  const x = days.map((day) => Date.parse(day) / 1000);
  const rows = days.map((day) => {
    const analysis = timeseries[day];
    if (analysis === null || analysis === undefined) return [];
    return rowsOf(metric, analysis);
  });
  const variants = rows.flat().filter(({ isBaseline }) => !isBaseline);
  const keys = [...new Set(variants.map(({ key }) => key))];
  const valuesOf = (key: string, pick: (row: ResultRow) => number | undefined) =>
    rows.map((ofDay) => {
      const row = ofDay.find((each) => each.key === key);
      const value = row === undefined ? undefined : pick(row);
      return value === undefined ? null : value * factor;
    });
  const lines = keys
    .map((key) => ({
      label: key,
      x,
      y: valuesOf(key, (row) => row.estimate),
      low: valuesOf(key, (row) => row.low),
      high: valuesOf(key, (row) => row.high),
    }))
    .filter(({ y }) => y.some((value) => value !== null));
  return {
    lines,
    zero: { label: 'no difference', x, y: x.map(() => 0), faint: true },
    days: rows.filter((ofDay) => ofDay.length > 0).length,
  };
}

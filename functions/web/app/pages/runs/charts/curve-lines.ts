import { colorOf, type Series } from '../../../ui/line-chart.tsx';
import type { ChartRun } from './chart-run.ts';
import type { XAxis } from './charts-view.ts';
import type { RunSeries } from './series-data.ts';
import { smoothed } from './smoothing.ts';

/** A curve of a run as it is drawn. */
export interface Curve {
  readonly run: ChartRun;
  readonly color: string;
  readonly series: RunSeries;
  /** As long as its points; missing without smoothing. */
  readonly smooth: readonly (number | null)[] | undefined;
}

export function curvesOf(
  runs: readonly ChartRun[],
  series: readonly RunSeries[],
  smooth: number,
): readonly Curve[] {
  const byRun = new Map(series.map((each) => [each.runId, each]));
  return runs.flatMap((run, index) => {
    const own = byRun.get(run.id);
    if (own === undefined || own.x.length === 0) return [];
    const line = smooth > 0 ? smoothed(own.y, smooth) : undefined;
    return [{ run, color: colorOf(index), series: own, smooth: line }];
  });
}

/** What is drawn: with smoothing, the line as it was logged stands faint behind. */
export function linesOf(curves: readonly Curve[]): readonly Series[] {
  const faint = curves.flatMap(({ run, color, series, smooth }) =>
    smooth === undefined
      ? []
      : [{ label: `${run.name}, as logged`, x: series.x, y: series.y, color, faint: true }],
  );
  const lines = curves.map(({ run, color, series, smooth }) => ({
    label: run.name,
    x: series.x,
    y: smooth ?? series.y,
    color,
  }));
  return [...faint, ...lines];
}

export interface CurveSummary {
  readonly run: ChartRun;
  readonly color: string;
  readonly points: number;
  readonly total: number;
  readonly last: number | undefined;
  readonly least: number | undefined;
  readonly most: number | undefined;
  /** Values that are NaN or infinite. */
  readonly noNumbers: number;
}

/** Figures of the part that is shown; sampling keeps the least, the most and the last. */
export function summaryOf({ run, color, series }: Curve): CurveSummary {
  const numbers = series.y.filter((value) => value !== null);
  return {
    run,
    color,
    points: series.y.length,
    total: series.total,
    last: series.values.at(-1),
    least: numbers.length === 0 ? undefined : numbers.reduce((a, b) => Math.min(a, b)),
    most: numbers.length === 0 ? undefined : numbers.reduce((a, b) => Math.max(a, b)),
    noNumbers: series.y.length - numbers.length,
  };
}

/** Curves of the x axis as people read it. */
export const AXIS_LABELS: Readonly<Record<XAxis, string>> = {
  step: 'Step',
  time: 'Time',
  relative: 'Seconds since the start of the run',
};

export interface PointRow {
  readonly run_id: string;
  readonly run_name: string;
  readonly step: number | undefined;
  readonly time: string;
  readonly value: number | string;
  readonly smoothed?: number | null;
}

const timeText = (ms: number | undefined): string => {
  const date = new Date(ms ?? Number.NaN);
  return Number.isNaN(date.getTime()) ? '' : date.toISOString();
};

/** All points that are shown, for a file. */
export const pointRows = (curves: readonly Curve[]): readonly PointRow[] =>
  curves.flatMap(({ run, series, smooth }) =>
    series.values.map((value, index) => ({
      run_id: run.id,
      run_name: run.name,
      step: series.steps[index],
      time: timeText(series.timestamps[index]),
      value: Number.isFinite(value) ? value : String(value),
      ...(smooth !== undefined && { smoothed: smooth[index] ?? null }),
    })),
  );

import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { answerOf, type MlflowAnswer, mlflow } from '../../../data/api.ts';
import type { Run } from '../run-data.ts';
import type { XAxis } from './charts-view.ts';

type Answered = MlflowAnswer<'getMetricSeries'>;

/** A part of the x axis: steps, milliseconds since 1970, or milliseconds since the start of each run. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/** The points of one run. What no scale has a place for (NaN, infinities) is `null` in `y`. */
export interface RunSeries {
  readonly runId: string;
  readonly total: number;
  readonly sampled: boolean;
  /** Ascending: steps, or seconds. */
  readonly x: readonly number[];
  readonly y: readonly (number | null)[];
  readonly steps: readonly number[];
  readonly timestamps: readonly number[];
  /** As they were logged. */
  readonly values: readonly number[];
}

export interface MetricSeries {
  readonly series: readonly RunSeries[];
  /** In ms since 1970. */
  readonly asOf: number;
}

export interface SeriesQuestion {
  readonly runs: readonly Run[];
  readonly key: string;
  readonly x: XAxis;
  readonly range: Range | undefined;
  readonly maxPoints: number;
}

const startOf = (runs: readonly Run[], id: string): number =>
  runs.find(({ info }) => info.run_id === id)?.info.start_time ?? 0;

/** What to ask for, so that the range of every run is within it. */
function bounds({ runs, x, range }: SeriesQuestion): { start?: number; end?: number } {
  if (range === undefined) return {};
  const starts = x === 'relative' ? runs.map(({ info }) => info.start_time) : [0];
  return {
    start: Math.floor(range.from + Math.min(...starts)),
    end: Math.ceil(range.to + Math.max(...starts)),
  };
}

const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);

/** Server's points by the axis that is shown. */
export function seriesOf(
  answered: Answered['series'][number],
  axis: XAxis,
  start: number,
): RunSeries {
  const { run_id: runId, total, sampled, steps, timestamps } = answered;
  const values = answered.values.map(Number);
  const offset = axis === 'relative' ? start : 0;
  const x = axis === 'step' ? steps : timestamps.map((time) => (time - offset) / 1000);
  return { runId, total, sampled, x, y: values.map(finite), steps, timestamps, values };
}

async function getSeries(question: SeriesQuestion): Promise<MetricSeries> {
  const { runs, key, x, maxPoints } = question;
  const answer = await answerOf(
    mlflow.POST('/api/2.0/mlflow/metrics/get-series', {
      body: {
        run_ids: runs.map(({ info }) => info.run_id),
        metric_key: key,
        max_points: maxPoints,
        x: x === 'step' ? 'step' : 'time',
        ...bounds(question),
      },
    }),
  );
  const series = answer.series.map((each) => seriesOf(each, x, startOf(runs, each.run_id)));
  return { series, asOf: answer.as_of };
}

/** With `live`, it is asked again while a run goes on. */
export const seriesQuery = (question: SeriesQuestion, live: boolean) => {
  const { runs, key, x, range, maxPoints } = question;
  const ids = runs.map(({ info }) => info.run_id);
  return queryOptions({
    queryKey: ['metric-series', ids, key, x, range ?? null, maxPoints],
    queryFn: () => getSeries(question),
    enabled: ids.length > 0,
    refetchInterval: live ? 4_000 : false,
    // Of ended runs nothing is new but what someone logs later.
    staleTime: live ? 2_000 : 60_000,
    placeholderData: keepPreviousData,
  });
};

/** Points of all curves of a chart together: more than this is not seen, but drawn slowly. */
const POINTS_OF_CHART = 16_000;
const MOST_POINTS = 5_000;
const LEAST_POINTS = 60;

/** How many points of each run a chart of some width has a use for: two a pixel at most. Smoothing sees more. */
export function pointsFor(width: number, runs: number, smoothing: boolean): number {
  const share = POINTS_OF_CHART / Math.max(runs, 1);
  const seen = smoothing ? MOST_POINTS : width * 2;
  const wanted = Math.max(LEAST_POINTS, Math.min(share, seen, MOST_POINTS));
  // In hundreds, so that a window that is pulled wider is not asked about at each pixel.
  return wanted < 100 ? Math.round(wanted) : Math.round(wanted / 100) * 100;
}

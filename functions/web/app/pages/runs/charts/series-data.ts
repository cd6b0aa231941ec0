import { queryOptions } from '@tanstack/react-query';
import { answerOf, type MlflowAnswer, mlflow } from '../../../data/api.ts';
import type { ChartRun } from './chart-run.ts';
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
  readonly runs: readonly ChartRun[];
  readonly key: string;
  readonly x: XAxis;
  readonly range: Range | undefined;
  readonly maxPoints: number;
}

const startOf = (runs: readonly ChartRun[], id: string): number =>
  runs.find((run) => run.id === id)?.start ?? 0;

/** What to ask for, so that the range of every run is within it. */
function bounds({ runs, x, range }: SeriesQuestion): { start?: number; end?: number } {
  if (range === undefined) return {};
  const starts = x === 'relative' ? runs.map(({ start }) => start) : [0];
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

/** Of runs that began at other times more was asked for than is looked at. */
function within(series: RunSeries, { from, to }: Range): RunSeries {
  const first = series.x.findIndex((x) => x * 1000 >= from);
  const last = series.x.findLastIndex((x) => x * 1000 <= to);
  const cut = <Value>(list: readonly Value[]) =>
    first < 0 ? [] : list.slice(first, Math.max(first, last + 1));
  return {
    ...series,
    x: cut(series.x),
    y: cut(series.y),
    steps: cut(series.steps),
    timestamps: cut(series.timestamps),
    values: cut(series.values),
  };
}

async function getSeries(question: SeriesQuestion): Promise<MetricSeries> {
  const { runs, key, x, range, maxPoints } = question;
  const answer = await answerOf(
    mlflow.POST('/api/2.0/mlflow/metrics/get-series', {
      body: {
        run_ids: runs.map((run) => run.id),
        metric_key: key,
        max_points: maxPoints,
        x: x === 'step' ? 'step' : 'time',
        ...bounds(question),
      },
    }),
  );
  const all = answer.series.map((each) => seriesOf(each, x, startOf(runs, each.run_id)));
  const series =
    x === 'relative' && range !== undefined ? all.map((each) => within(each, range)) : all;
  return { series, asOf: answer.as_of };
}

/** With `live`, it is asked again while a run goes on. */
export const seriesQuery = (question: SeriesQuestion, live: boolean) => {
  const { runs, key, x, range, maxPoints } = question;
  const ids = runs.map((run) => run.id);
  return queryOptions({
    queryKey: ['metric-series', ids, key, x, range ?? null, maxPoints],
    queryFn: () => getSeries(question),
    enabled: ids.length > 0,
    refetchInterval: live ? 4_000 : false,
    // Of ended runs nothing is new but what someone logs later.
    staleTime: live ? 2_000 : 60_000,
    // While another part is read the one before stays; what was by another axis would be drawn wrong.
    placeholderData: (before, query) =>
      query?.queryKey[2] === key && query.queryKey[3] === x ? before : undefined,
  });
};

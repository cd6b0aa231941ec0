import { useQuery } from '@tanstack/react-query';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { count } from '../../../data/format.ts';
import { Button } from '../../../ui/button.tsx';
import { LineChart } from '../../../ui/line-chart.tsx';
import { Menu } from '../../../ui/menu.tsx';
import { Answer, Loading } from '../../../ui/page.tsx';
import { Freshness, Name } from '../../../ui/text.tsx';
import type { ChartRun } from './chart-run.ts';
import type { ChangeView, ChartsView, XAxis } from './charts-view.ts';
import { AXIS_LABELS, type Curve, curvesOf, linesOf, pointRows } from './curve-lines.ts';
import { CurveTable } from './curve-table.tsx';
import { pointsFor } from './points-for.ts';
import { RangeFields } from './range-fields.tsx';
import { saveCsv, saveJson, savePng } from './save-shown.ts';
import { type MetricSeries, type Range, seriesQuery } from './series-data.ts';
import './metric-panel.css';

interface MetricPanelProps {
  readonly metric: string;
  readonly runs: readonly ChartRun[];
  readonly view: ChartsView;
  readonly onView: ChangeView;
  readonly height?: number;
}

/** Whether an element was ever near the window, and how wide it is: what nobody scrolls to is not asked for. */
function useSeen() {
  const frame = useRef<HTMLElement>(null);
  const [width, setWidth] = useState<number>();
  useEffect(() => {
    const element = frame.current;
    if (element === null) return;
    const watch = new IntersectionObserver(
      ([entry]) => entry?.isIntersecting === true && setWidth(element.clientWidth),
      { rootMargin: '300px' },
    );
    watch.observe(element);
    return () => watch.disconnect();
  }, []);
  return [frame, width] as const;
}

/** Ranges are in the unit of the server: steps, or ms. */
const asAsked = (range: Range, x: XAxis): readonly [number, number] =>
  x === 'step' ? [range.from, range.to] : [range.from * 1000, range.to * 1000];

function useZoom({ metric, view, onView }: MetricPanelProps) {
  const span = view.zoom?.[metric];
  const range = useMemo(
    () => (span === undefined ? undefined : { from: span[0], to: span[1] }),
    [span],
  );
  const setRange = useCallback(
    (next: Range | undefined): void => {
      const { [metric]: _, ...others } = view.zoom ?? {};
      const zoom =
        next === undefined ? others : { ...others, [metric]: asAsked(next, view.x ?? 'step') };
      onView({ zoom: Object.keys(zoom).length === 0 ? undefined : zoom });
    },
    [metric, view.zoom, view.x, onView],
  );
  return [range, setRange] as const;
}

/** The curves of one metric: a line for each run that has it. */
export function MetricPanel(props: MetricPanelProps) {
  const { metric, view, onView } = props;
  const { x = 'step', smooth = 0 } = view;
  const [frame, width] = useSeen();
  const [range, setRange] = useZoom(props);
  const runs = useMemo(
    () => props.runs.filter(({ metrics }) => metrics.has(metric)),
    [props.runs, metric],
  );
  const maxPoints = pointsFor(width ?? 600, runs.length, smooth > 0);
  const live = runs.some(({ underWay }) => underWay);
  const query = useQuery({
    ...seriesQuery({ runs, key: metric, x, range, maxPoints }, live),
    enabled: width !== undefined && runs.length > 0,
  });
  const pinned = view.pinned?.includes(metric) === true;
  const pin = (): void => {
    const others = (view.pinned ?? []).filter((each) => each !== metric);
    const next = pinned ? others : [...others, metric];
    onView({ pinned: next.length === 0 ? undefined : next });
  };
  return (
    <section ref={frame} className="metric-panel card" aria-label={`Metric ${metric}`}>
      <header className="card-head">
        <h3>
          <Name>{metric}</Name>
        </h3>
        <div className="row">
          {range !== undefined && <Button onClick={() => setRange(undefined)}>Show all</Button>}
          <Button kind="quiet" aria-pressed={pinned} onClick={pin}>
            {pinned ? 'Unpin' : 'Pin'}
          </Button>
        </div>
      </header>
      {width === undefined ? (
        <Loading />
      ) : (
        <Answer query={query} loading="Loading the curves …">
          {(data) => (
            <Curves
              {...props}
              runs={runs}
              data={data}
              onRange={setRange}
              freshness={
                <Freshness
                  at={data.asOf}
                  busy={query.isFetching}
                  error={query.error}
                  onRefresh={() => void query.refetch()}
                />
              }
            />
          )}
        </Answer>
      )}
    </section>
  );
}

interface CurvesProps extends MetricPanelProps {
  readonly data: MetricSeries;
  readonly onRange: (range: Range | undefined) => void;
  readonly freshness: React.ReactNode;
}

function Curves({ metric, runs, view, height = 260, data, onRange, freshness }: CurvesProps) {
  const { x = 'step', smooth = 0, log = false } = view;
  const [table, setTable] = useState(false);
  const canvas = useRef<HTMLCanvasElement>(null);
  const curves = useMemo(() => curvesOf(runs, data.series, smooth), [runs, data, smooth]);
  const lines = useMemo(() => linesOf(curves), [curves]);
  if (curves.length === 0) return <p className="quiet">No points in this range.</p>;
  return (
    <>
      <LineChart
        label={`${metric} by ${AXIS_LABELS[x].toLowerCase()}, ${count(curves.length)} runs; its figures are in the table below`}
        series={lines}
        time={x === 'time'}
        logY={log}
        height={height}
        xLabel={AXIS_LABELS[x]}
        legend={false}
        onZoom={onRange}
        onReady={(made) => {
          canvas.current = made;
        }}
      />
      {curves.length > 1 && <Keys curves={curves} />}
      <div className="metric-panel-foot">
        <span className="quiet">{notesOf(curves, log)}</span>
        {freshness}
        <span className="metric-panel-actions">
          <Button kind="quiet" aria-expanded={table} onClick={() => setTable(!table)}>
            Table
          </Button>
          <Menu label="Save" kind="quiet">
            <Button
              onClick={() =>
                canvas.current !== null && savePng(metric, canvas.current, namesOf(curves))
              }
            >
              Image (PNG)
            </Button>
            <Button onClick={() => saveCsv(metric, pointRows(curves))}>Points as CSV</Button>
            <Button onClick={() => saveJson(metric, { metric, points: pointRows(curves) })}>
              Points as JSON
            </Button>
          </Menu>
        </span>
      </div>
      {table && (
        <>
          <RangeFields key={x} x={x} onRange={onRange} />
          <CurveTable metric={metric} curves={curves} />
        </>
      )}
    </>
  );
}

const namesOf = (curves: readonly Curve[]) =>
  curves.map(({ run, color }) => ({ label: run.name, color }));

/** Of so many runs at most it stands open. */
const FEW = 12;

/** Which colour is which run. */
function Keys({ curves }: { readonly curves: readonly Curve[] }) {
  const list = (
    <ul className="metric-panel-keys">
      {curves.map(({ run, color }) => (
        <li key={run.id}>
          <span className="swatch" style={{ background: color }} aria-hidden="true" />
          <Name>{run.name}</Name>
        </li>
      ))}
    </ul>
  );
  if (curves.length <= FEW) return list;
  return (
    <details>
      <summary>{count(curves.length)} runs and their colours</summary>
      {list}
    </details>
  );
}

/** What the drawing leaves out, in words. */
function notesOf(curves: readonly Curve[], log: boolean): string {
  const sum = (of: (curve: Curve) => number): number =>
    curves.reduce((total, curve) => total + of(curve), 0);
  const shown = sum(({ series }) => series.x.length);
  const total = sum(({ series }) => series.total);
  const gaps = sum(({ series }) => series.y.filter((value) => value === null).length);
  const below = log
    ? sum(({ series }) => series.y.filter((value) => value !== null && value <= 0).length)
    : 0;
  return [
    shown < total
      ? `${count(shown)} of ${count(total)} points; extremes kept.`
      : `${count(total)} ${total === 1 ? 'point' : 'points'}.`,
    ...(gaps > 0 ? [`${count(gaps)} not a number (gaps).`] : []),
    ...(below > 0 ? [`${count(below)} of zero or less have no place on a log scale.`] : []),
  ].join(' ');
}

import uPlot from 'uplot';
import { number } from '../data/format.ts';
import type { LineChartProps, Series } from './line-chart.tsx';

/** Colours that differ in both themes, also for most who see few of them. */
const PALETTE = [
  '#2f7ed8',
  '#e0792b',
  '#2a9d62',
  '#c8456b',
  '#8d63c9',
  '#a37a1f',
  '#1f9aa8',
  '#d65bb0',
  '#6f8f1f',
  '#7a869a',
] as const;
export const colorOf = (index: number): string => PALETTE[index % PALETTE.length] ?? PALETTE[0];

const MANY_LINES = 24;

/** A logarithm has no place for zero and less. */
const placed = (values: readonly (number | null)[], logY: boolean) =>
  logY ? values.map((value) => (value !== null && value > 0 ? value : null)) : values;

/** The values of all series by every x that one of them has. */
export function joined(series: readonly Series[], logY: boolean): uPlot.AlignedData {
  const tables = series.map(({ x, y, low, high }): uPlot.AlignedData => {
    const bands = low === undefined || high === undefined ? [] : [low, high];
    return [x, ...[y, ...bands].map((values) => placed(values, logY))] as uPlot.AlignedData;
  });
  const [first] = tables;
  if (first === undefined) return [[]];
  return tables.length === 1 ? first : uPlot.join(tables);
}

/** What a change of makes the chart anew; else its figures alone are replaced. */
export const formOf = (props: LineChartProps): string =>
  JSON.stringify([
    props.series.map(({ label, color, faint, low }) => [label, color, faint, low !== undefined]),
    [props.time, props.logY, props.height, props.xLabel, props.syncKey, props.legend],
  ]);

/** `light-dark()` is resolved by an element. */
export function resolved(element: HTMLElement, name: string): string {
  element.style.color = `var(${name})`;
  const color = getComputedStyle(element).color;
  element.style.color = '';
  return color;
}

function linesOf(series: readonly Series[]): { series: uPlot.Series[]; bands: uPlot.Band[] } {
  const lines: uPlot.Series[] = [{}];
  const bands: uPlot.Band[] = [];
  series.forEach(({ label, color, faint = false, low, high }, index) => {
    const stroke = color ?? colorOf(index);
    // Many lines must be thin and without points: else they hide each other.
    const thin = faint || series.length > MANY_LINES;
    const width = thin ? 1 : 2;
    const points = thin ? { show: false } : { size: 5 };
    lines.push({ label, stroke, width, alpha: faint ? 0.3 : 1, points });
    if (low === undefined || high === undefined) return;
    const edge = { stroke: 'transparent', points: { show: false } };
    lines.push({ ...edge, label: `${label}, low` }, { ...edge, label: `${label}, high` });
    bands.push({ series: [lines.length - 1, lines.length - 2], fill: `${stroke}33` });
  });
  return { series: lines, bands };
}

/** Series of the page by series of uPlot, whose first is the x axis and which has the edges of bands as own ones. */
export function seriesByLine(series: readonly Series[]): readonly (Series | undefined)[] {
  return [
    undefined,
    ...series.flatMap((each) =>
      each.low === undefined || each.high === undefined ? [each] : [each, undefined, undefined],
    ),
  ];
}

function zoomHook(latest: () => LineChartProps): (chart: uPlot) => void {
  return (chart) => {
    const { left, width } = chart.select;
    const { onZoom } = latest();
    if (onZoom === undefined || width < 4) return;
    onZoom({ from: chart.posToVal(left, 'x'), to: chart.posToVal(left + width, 'x') });
    chart.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
  };
}

const markOf = (value: number): string => {
  const size = Math.abs(value);
  const far = size !== 0 && (size < 1e-4 || size >= 1e7);
  return far ? Number(value.toPrecision(4)).toExponential() : number(value);
};
/** What is very large or small with its exponent; a logarithmic axis leaves out some. */
const marks = (_: uPlot, splits: readonly (number | null)[]): string[] =>
  splits.map((value) => (value === null ? '' : markOf(value)));

/** Over many powers of ten the lines between them would be an area. */
const sparse = (_: uPlot, splits: number[]): (number | null)[] =>
  splits.length <= MOST_RULES
    ? splits
    : splits.map((value) => (Math.abs(Math.log10(value) % 1) < 1e-9 ? value : null));
const MOST_RULES = 50;

const NEAR_PX = 24;
const FAR = 1e6;

/** Between the marks of an axis of whole numbers, such as steps. */
const WHOLE = Array.from({ length: 16 }, (_, power) =>
  [1, 2, 5].map((by) => by * 10 ** power),
).flat();
const areWhole = (series: readonly Series[]): boolean =>
  series.every(({ x }) => x.every(Number.isInteger));

const DAY_S = 86_400;

/** Where all points are at one place, a day or a step around it: else the axis would be of years. */
export function rangeOfX(
  x: readonly number[],
  [from, to]: uPlot.Range.MinMax,
  time: boolean,
): uPlot.Range.MinMax {
  const [only] = x;
  if (only === undefined || only !== x.at(-1)) return [from, to];
  const around = time ? DAY_S : 1;
  return [only - around, only + around];
}

export interface Hooks {
  readonly latest: () => LineChartProps;
  /** The pointer moved, or another line is next to it: its index in uPlot's list. */
  readonly onPointer: (chart: uPlot, line?: number | null) => void;
}

export const widthOf = (element: HTMLElement): number => Math.max(element.clientWidth, 200);

export function optionsOf(element: HTMLElement, { latest, onPointer }: Hooks): uPlot.Options {
  const { series, time = false, logY = false, height = 260, xLabel, syncKey } = latest();
  // Edges of bands are no lines of their own.
  const lines = seriesByLine(series);
  const { onZoom, legend = series.length <= 12 } = latest();
  const [stroke, grid] = [resolved(element, '--quiet'), resolved(element, '--line')];
  const axis = { stroke, grid: { stroke: grid, width: 1 }, ticks: { stroke: grid, width: 1 } };
  return {
    width: widthOf(element),
    height,
    ...linesOf(series),
    scales: {
      x: {
        time,
        range: ({ data: [x] }, from, to) => rangeOfX(x as readonly number[], [from, to], time),
      },
      y: { distr: logY ? 3 : 1 },
    },
    axes: [
      {
        ...axis,
        // A day stands below the hours.
        size: time ? 50 : 34,
        ...(!time && { values: marks }),
        ...(!time && areWhole(series) && { incrs: WHOLE }),
        ...(xLabel !== undefined && { label: xLabel, labelSize: 20 }),
      },
      { ...axis, grid: { ...axis.grid, filter: sparse }, size: 62, values: marks },
    ],
    legend: { show: legend },
    focus: { alpha: 0.25 },
    cursor: {
      drag: { x: true, y: false, setScale: onZoom === undefined },
      focus: {
        prox: NEAR_PX,
        dist: (_, line, __, at, pointer) => (lines[line] === undefined ? FAR : at - pointer),
      },
      ...(syncKey !== undefined && { sync: { key: syncKey } }),
    },
    hooks: {
      setSelect: [zoomHook(latest)],
      setCursor: [(chart) => onPointer(chart)],
      setSeries: [(chart, line) => onPointer(chart, line)],
    },
  };
}

import { useEffect, useRef } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import './line-chart.css';

export interface Series {
  readonly label: string;
  /** Ascending; steps, or times in seconds. */
  readonly x: readonly number[];
  /** As long as `x`; what is no number leaves a gap. */
  readonly y: readonly (number | null)[];
  /** Where around `y` a value may be: drawn as a band. */
  readonly low?: readonly (number | null)[];
  readonly high?: readonly (number | null)[];
  /** Any CSS colour; one of the palette when missing. */
  readonly color?: string;
  readonly faint?: boolean;
}

export interface LineChartProps {
  /** What it shows, for screen readers; what it shows in figures must stand beside it, too. */
  readonly label: string;
  readonly series: readonly Series[];
  /** Whether `x` are seconds since 1970. */
  readonly time?: boolean;
  readonly logY?: boolean;
  readonly height?: number;
  readonly xLabel?: string;
  /** A range that was drawn with the pointer, or `undefined` after a double click. */
  readonly onZoom?: (range: { readonly from: number; readonly to: number } | undefined) => void;
  /** The canvas, for an image of it. */
  readonly onReady?: (canvas: HTMLCanvasElement) => void;
  /** Charts of one key show the same place. */
  readonly syncKey?: string;
}

/** Colours that differ in both themes, also for most who see few of them. */
export const PALETTE = [
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

/** The values of all series by every x that one of them has. */
function joined(series: readonly Series[]): uPlot.AlignedData {
  const tables = series.flatMap(({ x, y, low, high }): uPlot.AlignedData[] => {
    const bands = low === undefined || high === undefined ? [] : [[...low], [...high]];
    return [[[...x], [...y], ...bands] as uPlot.AlignedData];
  });
  const [first] = tables;
  if (first === undefined) return [[]];
  return tables.length === 1 ? first : uPlot.join(tables);
}

const cssColor = (name: string): string =>
  getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/** Colours of the theme are read when the chart is made: `light-dark()` is resolved by an element. */
function resolved(element: HTMLElement, name: string): string {
  element.style.color = `var(${name})`;
  const color = getComputedStyle(element).color;
  element.style.color = '';
  return color || cssColor(name);
}

function linesOf(series: readonly Series[]): { series: uPlot.Series[]; bands: uPlot.Band[] } {
  const lines: uPlot.Series[] = [{}];
  const bands: uPlot.Band[] = [];
  series.forEach(({ label, color, faint, low, high }, index) => {
    const stroke = color ?? colorOf(index);
    const shown = {
      label,
      stroke,
      width: faint === true ? 1 : 2,
      alpha: faint === true ? 0.3 : 1,
      spanGaps: true,
    };
    lines.push({ ...shown, points: { size: 5 } });
    if (low === undefined || high === undefined) return;
    const edge = { stroke: 'transparent', points: { show: false }, spanGaps: true };
    lines.push({ ...edge, label: `${label}, low` }, { ...edge, label: `${label}, high` });
    bands.push({ series: [lines.length - 1, lines.length - 2], fill: `${stroke}33` });
  });
  return { series: lines, bands };
}

/** Below zero and at zero a logarithm has no place: such values are left out of the drawing. */
function optionsOf(props: LineChartProps, element: HTMLElement): uPlot.Options {
  const { series, time = false, logY = false, height = 260, xLabel, onZoom, syncKey } = props;
  const [stroke, grid] = [resolved(element, '--quiet'), resolved(element, '--line')];
  const axis = { stroke, grid: { stroke: grid, width: 1 }, ticks: { stroke: grid, width: 1 } };
  return {
    width: Math.max(element.clientWidth, 200),
    height,
    ...linesOf(series),
    scales: { x: { time }, y: { distr: logY ? 3 : 1 } },
    axes: [
      { ...axis, ...(xLabel !== undefined && { label: xLabel, labelSize: 22 }) },
      { ...axis, size: 64 },
    ],
    legend: { show: series.length <= 12 },
    cursor: {
      drag: { x: true, y: false, setScale: onZoom === undefined },
      ...(syncKey !== undefined && { sync: { key: syncKey } }),
    },
    hooks: {
      setSelect: [
        (chart) => {
          const { left, width } = chart.select;
          if (onZoom === undefined || width < 4) return;
          onZoom({ from: chart.posToVal(left, 'x'), to: chart.posToVal(left + width, 'x') });
          chart.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
        },
      ],
    },
  };
}

/** Lines over steps or times, drawn by uPlot; loads with the pages that have charts. */
export function LineChart(props: LineChartProps) {
  const frame = useRef<HTMLDivElement>(null);
  const latest = useRef(props);
  latest.current = props;
  const { label, series, time, logY, height, xLabel, syncKey } = props;
  // biome-ignore lint/correctness/useExhaustiveDependencies: a chart is made anew for what changes its form
  useEffect(() => {
    const element = frame.current;
    if (element === null) return;
    const positive = (value: number | null): number | null =>
      value !== null && value > 0 ? value : null;
    const shown =
      logY === true ? series.map((each) => ({ ...each, y: each.y.map(positive) })) : series;
    const chart = new uPlot(optionsOf(latest.current, element), joined(shown), element);
    latest.current.onReady?.(chart.ctx.canvas);
    const reset = (): void => latest.current.onZoom?.(undefined);
    chart.over.addEventListener('dblclick', reset);
    const watch = new ResizeObserver(() =>
      chart.setSize({ width: Math.max(element.clientWidth, 200), height: height ?? 260 }),
    );
    watch.observe(element);
    return () => {
      watch.disconnect();
      chart.destroy();
    };
  }, [series, time, logY, height, xLabel, syncKey]);
  return <div ref={frame} className="line-chart" role="img" aria-label={label} />;
}

import { useEffect, useRef, useState } from 'react';
import uPlot from 'uplot';
import { clockTime, number } from '../data/format.ts';
import 'uplot/dist/uPlot.min.css';
import './line-chart.css';
import {
  formOf,
  type Hooks,
  joined,
  optionsOf,
  seriesByLine,
  widthOf,
} from './line-chart-options.ts';

export { colorOf } from './line-chart-options.ts';

export interface Series {
  readonly label: string;
  /** Ascending; steps, or times in seconds. */
  readonly x: readonly number[];
  /** As long as `x`; `null` leaves a gap. */
  readonly y: readonly (number | null)[];
  /** Where around `y` a value may be: drawn as a band. */
  readonly low?: readonly (number | null)[];
  readonly high?: readonly (number | null)[];
  /** Any colour of a canvas; one of the palette when missing. */
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
  /** Which line is which; up to twelve lines when missing. */
  readonly legend?: boolean;
  /** A range that was drawn with the pointer, or `undefined` after a double click. */
  readonly onZoom?: (range: { readonly from: number; readonly to: number } | undefined) => void;
  /** The canvas, for an image of it. */
  readonly onReady?: (canvas: HTMLCanvasElement) => void;
  /** Charts of one key show the same place. */
  readonly syncKey?: string;
}

/** Changes with the theme: colours of a canvas are read when it is made. */
function useTheme(): number {
  const [changes, setChanges] = useState(0);
  useEffect(() => {
    const changed = (): void => setChanges((count) => count + 1);
    const dark = window.matchMedia('(prefers-color-scheme: dark)');
    const chosen = new MutationObserver(changed);
    chosen.observe(document.documentElement, { attributeFilter: ['data-theme'] });
    dark.addEventListener('change', changed);
    return () => {
      chosen.disconnect();
      dark.removeEventListener('change', changed);
    };
  }, []);
  return changes;
}

/** The point of a line that is next to the pointer. */
function readoutOf(chart: uPlot, line: number | null, props: LineChartProps): string {
  const { series, time = false } = props;
  const near = line === null ? undefined : seriesByLine(series)[line];
  const index = line === null ? null : (chart.cursor.idxs?.[line] ?? chart.cursor.idx);
  if (line === null || near === undefined || index === null || index === undefined) return '';
  const [x, y] = [chart.data[0][index], chart.data[line]?.[index]];
  if (x === undefined || typeof y !== 'number') return '';
  return `${near.label}: ${number(y)} at ${time ? clockTime(x * 1000) : number(x)}`;
}

/** Lines over steps or times, drawn by uPlot; loads with the pages that have charts. */
export function LineChart(props: LineChartProps) {
  const frame = useRef<HTMLDivElement>(null);
  const readout = useRef<HTMLParagraphElement>(null);
  const chart = useRef<uPlot>(undefined);
  const latest = useRef(props);
  latest.current = props;
  const theme = useTheme();
  const { label, series, height = 260, logY = false } = props;
  const form = formOf(props);
  // biome-ignore lint/correctness/useExhaustiveDependencies: made anew for what changes its form
  useEffect(() => {
    const element = frame.current;
    if (element === null) return;
    let near: number | null = null;
    const onPointer: Hooks['onPointer'] = (made, line = near) => {
      near = line;
      if (readout.current) readout.current.textContent = readoutOf(made, near, latest.current);
    };
    const options = optionsOf(element, { latest: () => latest.current, onPointer });
    const made = new uPlot(options, joined(latest.current.series, logY), element);
    chart.current = made;
    latest.current.onReady?.(made.ctx.canvas);
    made.over.addEventListener('dblclick', () => latest.current.onZoom?.(undefined));
    const watch = new ResizeObserver(() => made.setSize({ width: widthOf(element), height }));
    watch.observe(element);
    return () => {
      watch.disconnect();
      made.destroy();
      chart.current = undefined;
    };
  }, [form, theme]);
  const drawn = useRef(series);
  useEffect(() => {
    if (drawn.current !== series) chart.current?.setData(joined(series, logY));
    drawn.current = series;
  }, [series, logY]);
  return (
    <div className="line-chart">
      <div ref={frame} role="img" aria-label={label} />
      <p ref={readout} className="line-chart-readout" aria-hidden="true" />
    </div>
  );
}

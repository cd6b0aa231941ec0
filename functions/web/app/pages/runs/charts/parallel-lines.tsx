import { type PointerEvent, useState } from 'react';
import { number } from '../../../data/format.ts';
import { type Axis, axisOf } from './axis.ts';
import type { ChartRun } from './chart-run.ts';
import type { ChartsView } from './charts-view.ts';
import { fieldValue, type RunField } from './fields.ts';
import { useWidth } from './use-width.ts';
import './parallel.css';

export interface PlacedAxis {
  readonly field: RunField;
  readonly axis: Axis;
}

interface LinesProps {
  readonly runs: readonly ChartRun[];
  readonly axes: readonly PlacedAxis[];
  readonly colour: RunField;
  readonly kept: NonNullable<ChartsView['kept']>;
  readonly within: ReadonlySet<ChartRun>;
  readonly onKeep: (id: string, span: readonly [number, number] | undefined) => void;
}

const HEIGHT = 380;
const EDGE = { side: 70, top: 34, bottom: 16 };
const LENGTH = HEIGHT - EDGE.top - EDGE.bottom;
const LEAST_AXIS_PX = 110;

const upAt = (place: number): number => HEIGHT - EDGE.bottom - place * LENGTH;
const placeAt = (y: number): number =>
  Math.min(1, Math.max(0, (HEIGHT - EDGE.bottom - y) / LENGTH));

/** From blue over violet to orange: seen in both themes, and by most who see few colours. */
const tint = (share: number | undefined): string =>
  share === undefined
    ? 'var(--quiet)'
    : `color-mix(in oklab, #e0792b ${Math.round(share * 100)}%, #2f7ed8)`;

/** The line of a run; it is broken where a value is missing. */
function pathOf(run: ChartRun, axes: readonly PlacedAxis[], acrossAt: (index: number) => number) {
  let pen = 'M';
  return axes
    .map(({ field, axis }, index) => {
      const value = axis.numberOf(fieldValue(run, field));
      if (value === undefined) {
        pen = 'M';
        return '';
      }
      const step = `${pen}${acrossAt(index).toFixed(1)} ${upAt(axis.place(value)).toFixed(1)}`;
      pen = 'L';
      return step;
    })
    .join('');
}

/** Lines through axes, drawn; the filters below and the table have the same for the keyboard. */
export function ParallelLines({ runs, axes, colour, kept, within, onKeep }: LinesProps) {
  const [frame, seen] = useWidth<HTMLDivElement>();
  const [near, setNear] = useState<ChartRun>();
  const width = Math.max(seen, axes.length * LEAST_AXIS_PX);
  const acrossAt = (index: number): number =>
    EDGE.side + (index * (width - 2 * EDGE.side)) / Math.max(axes.length - 1, 1);
  const scale = axisOf(runs.map((run) => fieldValue(run, colour)));
  const share = (run: ChartRun): number | undefined => {
    const value = scale.numberOf(fieldValue(run, colour));
    return value === undefined ? undefined : scale.place(value);
  };
  // What is kept is drawn over what is not.
  const order = [...runs].sort((a, b) => Number(within.has(a)) - Number(within.has(b)));
  return (
    <>
      <div ref={frame} className="parallel">
        <svg
          width={width}
          height={HEIGHT}
          role="img"
          aria-label={`${runs.length} runs as lines through ${axes.map(({ field }) => field.key).join(', ')}; the table has the same`}
        >
          {order.map((run) => (
            <path
              key={run.id}
              d={pathOf(run, axes, acrossAt)}
              className={within.has(run) ? undefined : 'dropped'}
              stroke={tint(share(run))}
              strokeWidth={run === near ? 4 : 1.5}
              onPointerEnter={() => setNear(run)}
              onPointerLeave={() => setNear(undefined)}
            >
              <title>{run.name}</title>
            </path>
          ))}
          {axes.map((placed, index) => (
            <DrawnAxis
              key={placed.field.id}
              placed={placed}
              x={acrossAt(index)}
              span={kept[placed.field.id]}
              onKeep={(span) => onKeep(placed.field.id, span)}
            />
          ))}
        </svg>
      </div>
      <p className="quiet parallel-key">
        {colour.key}: {number(scale.at(0))}
        <span className="parallel-scale" aria-hidden="true" />
        {number(scale.at(1))}
        <span>{near !== undefined && ` · ${near.name}`}</span>
      </p>
    </>
  );
}

interface AxisProps {
  readonly placed: PlacedAxis;
  readonly x: number;
  readonly span: readonly [number, number] | undefined;
  readonly onKeep: (span: readonly [number, number] | undefined) => void;
}

const short = (text: string, most: number): string =>
  text.length > most ? `${text.slice(0, most - 1)}…` : text;

/** An axis with its names. A part of it is chosen by dragging; a click takes that back. */
function DrawnAxis({ placed: { field, axis }, x, span, onKeep }: AxisProps) {
  const [drag, setDrag] = useState<readonly [number, number]>();
  const placeOf = (event: PointerEvent<SVGRectElement>): number => {
    const svg = event.currentTarget.ownerSVGElement;
    return placeAt(event.clientY - (svg?.getBoundingClientRect().top ?? 0));
  };
  const begin = (event: PointerEvent<SVGRectElement>): void => {
    event.currentTarget.setPointerCapture(event.pointerId);
    setDrag([placeOf(event), placeOf(event)]);
  };
  const end = (): void => {
    if (drag === undefined) return;
    const [low, high] = [Math.min(...drag), Math.max(...drag)];
    onKeep(high - low < 0.02 ? undefined : [axis.at(low), axis.at(high)]);
    setDrag(undefined);
  };
  const shown = drag ?? span?.map((value) => Math.min(1, Math.max(0, axis.place(value))));
  return (
    <g>
      <text className="name" x={x} y={16} textAnchor="middle">
        <title>{field.key}</title>
        {short(field.key, 16)}
      </text>
      <line x1={x} x2={x} y1={EDGE.top} y2={HEIGHT - EDGE.bottom} />
      {shown !== undefined && (
        <rect
          className="kept"
          x={x - 8}
          width={16}
          y={upAt(Math.max(...shown))}
          height={Math.max(2, (Math.max(...shown) - Math.min(...shown)) * LENGTH)}
        />
      )}
      {axis.ticks.map(({ at, text }) => (
        <text key={text} x={x + 8} y={upAt(at) + 4}>
          {short(text, 12)}
        </text>
      ))}
      <rect
        className="brush"
        x={x - 14}
        width={28}
        y={EDGE.top}
        height={LENGTH}
        onPointerDown={begin}
        onPointerMove={(event) => drag !== undefined && setDrag([drag[0], placeOf(event)])}
        onPointerUp={end}
        onPointerCancel={() => setDrag(undefined)}
      />
    </g>
  );
}

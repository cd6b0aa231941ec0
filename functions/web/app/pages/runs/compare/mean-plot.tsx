import { axisOf } from '../charts/axis.ts';
import { useWidth } from '../charts/use-width.ts';
import type { MeanInterval } from './mean-interval.ts';

export interface IntervalRow {
  readonly id: string;
  readonly name: string;
  readonly interval: MeanInterval;
  /** The value of each run. */
  readonly values: readonly (number | undefined)[];
}

const ROW_PX = 26;
const BELOW_PX = 26;
const MOST_NAME_PX = 220;

const short = (text: string, most: number): string =>
  text.length > most ? `…${text.slice(1 - most)}` : text;

/** Means with their intervals over the values of the runs; the table beside it has the figures. */
export function MeanPlot({ label, rows }: { label: string; rows: readonly IntervalRow[] }) {
  const [frame, width] = useWidth<HTMLDivElement>();
  const name = Math.min(MOST_NAME_PX, width * 0.4);
  const ends = rows.flatMap(({ interval: { mean, low, high }, values }) => [
    mean,
    low,
    high,
    ...values,
  ]);
  const axis = axisOf(ends, false);
  const at = (value: number): number => name + 12 + axis.place(value) * (width - name - 36);
  const height = rows.length * ROW_PX;
  return (
    <div ref={frame} className="mean-plot">
      <svg width={width} height={height + BELOW_PX} role="img" aria-label={label}>
        {axis.ticks.map(({ at: place, text }) => {
          const x = name + 12 + place * (width - name - 36);
          return (
            <g key={text}>
              <line className="rule" x1={x} x2={x} y1={0} y2={height} />
              <text className="tick" x={x} y={height + 18} textAnchor="middle">
                {text}
              </text>
            </g>
          );
        })}
        {rows.map((row, index) => (
          <g key={row.id} transform={`translate(0 ${index * ROW_PX + ROW_PX / 2})`}>
            <text x={name} y={4} textAnchor="end">
              <title>{row.name}</title>
              {short(row.name, Math.floor(name / 6.6))}
            </text>
            <OneRow row={row} at={at} />
          </g>
        ))}
      </svg>
    </div>
  );
}

function OneRow({ row, at }: { row: IntervalRow; at: (value: number) => number }) {
  const { mean, low, high } = row.interval;
  return (
    <>
      {row.values.map(
        (value, index) =>
          value !== undefined &&
          Number.isFinite(value) && (
            // biome-ignore lint/suspicious/noArrayIndexKey: values have no names
            <circle key={index} className="run" cx={at(value)} cy={0} r={3} />
          ),
      )}
      {low !== undefined && high !== undefined && (
        <line className="span" x1={at(low)} x2={at(high)} y1={0} y2={0} />
      )}
      {mean !== undefined && <circle className="mean" cx={at(mean)} cy={0} r={5} />}
    </>
  );
}

import type { ResultRow, Verdict } from './result-rows.ts';
import './interval-plot.css';

interface IntervalPlotProps {
  readonly row: ResultRow;
  /** The axis goes as far from zero to both sides. */
  readonly reach: number;
  readonly verdict: Verdict;
  /** The same in words. */
  readonly label: string;
}

const placeOn = (reach: number) => (value: number) => {
  const share = Math.min(1, Math.max(0, (value + reach) / (2 * reach)));
  return `${(share * 100).toFixed(2)}%`;
};

/** Where a difference may lie, around the line of no difference. */
export function IntervalPlot({ row, reach, verdict, label }: IntervalPlotProps) {
  const at = placeOn(reach);
  const { low, high, estimate } = row;
  const isDrawn = low !== undefined && high !== undefined && estimate !== undefined;
  return (
    <svg className={`interval-plot ${verdict}`} role="img" aria-label={label} height="26">
      <line className="interval-zero" x1="50%" x2="50%" y1="0" y2="26" />
      {isDrawn && (
        <>
          <line className="interval-line" x1={at(low)} x2={at(high)} y1="13" y2="13" />
          <line className="interval-end" x1={at(low)} x2={at(low)} y1="7" y2="19" />
          <line className="interval-end" x1={at(high)} x2={at(high)} y1="7" y2="19" />
          <circle className="interval-dot" cx={at(estimate)} cy="13" r="4.5" />
        </>
      )}
    </svg>
  );
}

/** The ends and the middle of the axis that intervals are drawn on. */
export const IntervalAxis = ({ reach, show }: { reach: number; show: (v: number) => string }) => (
  <span className="interval-axis" aria-hidden="true">
    <span>{show(-reach)}</span>
    <span>0</span>
    <span>{show(reach)}</span>
  </span>
);

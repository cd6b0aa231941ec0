import { useNavigate } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { number } from '../../../data/format.ts';
import { useGroup } from '../../../data/use-group.ts';
import { Checkbox } from '../../../ui/field.tsx';
import { colorOf } from '../../../ui/line-chart.tsx';
import { Card } from '../../../ui/page.tsx';
import { type Axis, axisOf } from './axis.ts';
import { type ChartRun, differingParams } from './chart-run.ts';
import type { ChangeView, ChartsView } from './charts-view.ts';
import { FieldSelect } from './field-select.tsx';
import { FieldTable, fieldRows } from './field-table.tsx';
import { fieldsOf, fieldValue, paramField, type RunField } from './fields.ts';
import { SaveTable } from './save-table.tsx';
import { useWidth } from './use-width.ts';
import './scatter.css';

interface ScatterProps {
  readonly runs: readonly ChartRun[];
  readonly view: ChartsView;
  readonly onView: ChangeView;
}

/** What is chosen, or what says most: a param that differs against the first metric. */
function chosenFields(runs: readonly ChartRun[], fields: readonly RunField[], view: ChartsView) {
  const metrics = fields.filter(({ kind }) => kind === 'metric');
  const [differing] = differingParams(runs);
  const usual = differing === undefined ? metrics[1] : paramField(differing);
  const across = fields.find(({ id }) => id === view.across) ?? usual ?? fields[0];
  const up = metrics.find(({ id }) => id === view.up) ?? metrics[0];
  return { across, up, metrics };
}

/** Runs as points: a param or metric against a metric. */
export function Scatter({ runs, view, onView }: ScatterProps) {
  const fields = useMemo(() => fieldsOf(runs), [runs]);
  const [table, setTable] = useState(false);
  const { across, up, metrics } = chosenFields(runs, fields, view);
  if (across === undefined || up === undefined) {
    return <p className="quiet">A scatter plot needs runs with metrics.</p>;
  }
  return (
    <Card
      title="Scatter plot"
      actions={
        <SaveTable name={`${across.key} ${up.key}`} rows={() => fieldRows(runs, [across, up])} />
      }
    >
      <div className="row">
        <FieldSelect
          label="Across"
          fields={fields}
          value={across.id}
          onValue={(id) => onView({ across: id })}
        />
        <FieldSelect
          label="Up"
          fields={metrics}
          value={up.id}
          onValue={(id) => onView({ up: id })}
        />
        <Checkbox
          label="Log scale"
          checked={view.log === true}
          onChange={({ target }) => onView({ log: target.checked || undefined })}
        />
      </div>
      <Points runs={runs} across={across} up={up} log={view.log === true} />
      <Checkbox
        label="The same as a table"
        checked={table}
        onChange={({ target }) => setTable(target.checked)}
      />
      {table && (
        <FieldTable label={`${across.key} and ${up.key}`} runs={runs} fields={[across, up]} />
      )}
    </Card>
  );
}

interface PointsProps {
  readonly runs: readonly ChartRun[];
  readonly across: RunField;
  readonly up: RunField;
  readonly log: boolean;
}

interface Point {
  readonly run: ChartRun;
  readonly x: number;
  readonly y: number;
  readonly color: string;
  readonly text: string;
}

const HEIGHT = 380;
const EDGE = { left: 64, right: 18, top: 12, bottom: 44 };

/** So that points at the ends are whole. */
const PAD = 12;

const told = (value: number | string | undefined): string =>
  typeof value === 'number' ? number(value) : (value ?? '–');

function Points({ runs, across, up, log }: PointsProps) {
  const [frame, width] = useWidth<HTMLDivElement>();
  const [near, setNear] = useState<Point>();
  const group = useGroup();
  const navigate = useNavigate();
  const { xAxis, yAxis } = useMemo(
    () => ({
      xAxis: axisOf(
        runs.map((run) => fieldValue(run, across)),
        log,
      ),
      yAxis: axisOf(
        runs.map((run) => fieldValue(run, up)),
        log,
      ),
    }),
    [runs, across, up, log],
  );
  const across01 = (at: number): number =>
    EDGE.left + PAD + at * (width - EDGE.left - EDGE.right - 2 * PAD);
  const up01 = (at: number): number =>
    HEIGHT - EDGE.bottom - PAD - at * (HEIGHT - EDGE.top - EDGE.bottom - 2 * PAD);
  const points = runs.flatMap((run, index): Point[] => {
    const [x, y] = [xAxis.numberOf(fieldValue(run, across)), yAxis.numberOf(fieldValue(run, up))];
    if (x === undefined || y === undefined) return [];
    const text = `${run.name}: ${across.key} ${told(fieldValue(run, across))}, ${up.key} ${told(fieldValue(run, up))}`;
    const at = { x: across01(xAxis.place(x)), y: up01(yAxis.place(y)) };
    return [{ run, ...at, color: colorOf(index), text }];
  });
  return (
    <div ref={frame} className="scatter">
      <svg
        width={width}
        height={HEIGHT}
        role="img"
        aria-label={`${up.key} by ${across.key} of ${points.length} runs; the table has the same`}
      >
        <Grid xAxis={xAxis} yAxis={yAxis} across01={across01} up01={up01} width={width} />
        <text x={width / 2} y={HEIGHT - 6} textAnchor="middle">
          {across.key}
        </text>
        {points.map((point) => (
          // biome-ignore lint/a11y/noStaticElementInteractions: the table has the same as links
          <circle
            key={point.run.id}
            cx={point.x}
            cy={point.y}
            r={point === near ? 7 : 5}
            fill={point.color}
            onPointerEnter={() => setNear(point)}
            onPointerLeave={() => setNear(undefined)}
            onClick={() =>
              void navigate({
                to: '/$group/runs/$run',
                params: { group, run: point.run.id },
              })
            }
          >
            <title>{point.text}</title>
          </circle>
        ))}
      </svg>
      <p className="quiet scatter-readout">
        {near?.text ?? `${points.length} of ${runs.length} runs have both.`}
      </p>
    </div>
  );
}

interface GridProps {
  readonly xAxis: Axis;
  readonly yAxis: Axis;
  readonly across01: (at: number) => number;
  readonly up01: (at: number) => number;
  readonly width: number;
}

const short = (text: string): string => (text.length > 14 ? `${text.slice(0, 13)}…` : text);

const Grid = ({ xAxis, yAxis, across01, up01, width }: GridProps) => (
  <g>
    {yAxis.ticks.map(({ at, text }) => (
      <g key={text}>
        <line x1={EDGE.left} x2={width - EDGE.right} y1={up01(at)} y2={up01(at)} />
        <text x={EDGE.left - 8} y={up01(at) + 4} textAnchor="end">
          {short(text)}
        </text>
      </g>
    ))}
    {xAxis.ticks.map(({ at, text }) => (
      <g key={text}>
        <line x1={across01(at)} x2={across01(at)} y1={EDGE.top} y2={HEIGHT - EDGE.bottom} />
        <text x={across01(at)} y={HEIGHT - EDGE.bottom + 18} textAnchor="middle">
          {short(text)}
        </text>
      </g>
    ))}
  </g>
);

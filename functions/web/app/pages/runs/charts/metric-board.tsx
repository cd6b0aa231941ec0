import { useEffect, useRef, useState } from 'react';
import { count } from '../../../data/format.ts';
import { Button } from '../../../ui/button.tsx';
import { Checkbox, SelectField, TextField } from '../../../ui/field.tsx';
import { Empty } from '../../../ui/page.tsx';
import { type ChartRun, metricKeysOf } from './chart-run.ts';
import { type ChangeView, type ChartsView, X_AXES } from './charts-view.ts';
import { MetricPanel } from './metric-panel.tsx';
import './metric-board.css';

interface MetricBoardProps {
  readonly runs: readonly ChartRun[];
  readonly view: ChartsView;
  readonly onView: ChangeView;
}

const AXIS_NAMES = { step: 'Step', time: 'Wall time', relative: 'Relative time' } as const;
/** Panels that are made at once; more on demand. */
const PANELS = 30;

/** The curves of all metrics of some runs, a panel each. */
export function MetricBoard(props: MetricBoardProps) {
  const { runs, view } = props;
  const [most, setMost] = useState(PANELS);
  const keys = metricKeysOf(runs);
  if (keys.length === 0) {
    return (
      <Empty
        title="No metrics yet"
        code={'import mlflow\n\nmlflow.log_metric("loss", 0.25, step=1)'}
      >
        <p>What is logged appears here while the run goes on.</p>
      </Empty>
    );
  }
  const found = keys.filter((key) => key.toLowerCase().includes((view.find ?? '').toLowerCase()));
  const pinned = keys.filter((key) => view.pinned?.includes(key) === true);
  const others = found.filter((key) => !pinned.includes(key));
  return (
    <div className="stack">
      <BoardControls {...props} found={found.length} all={keys.length} />
      {pinned.length > 0 && <Panels {...props} title="Pinned" metrics={pinned} />}
      <Panels
        {...props}
        title={pinned.length > 0 ? 'Others' : 'Metrics'}
        metrics={others.slice(0, most)}
      />
      {others.length > most && (
        <p>
          <Button onClick={() => setMost(most + PANELS)}>
            Show {count(Math.min(PANELS, others.length - most))} more of {count(others.length)}
          </Button>
        </p>
      )}
    </div>
  );
}

type PanelsProps = MetricBoardProps & {
  readonly title: string;
  readonly metrics: readonly string[];
};

function Panels({ title, metrics, ...rest }: PanelsProps) {
  if (metrics.length === 0) return null;
  return (
    <section className="stack" aria-label={`${title} (charts)`}>
      <h2 className="visually-hidden">{title}</h2>
      <div className="metric-panels">
        {metrics.map((metric) => (
          <MetricPanel key={metric} {...rest} metric={metric} />
        ))}
      </div>
    </section>
  );
}

type ControlsProps = MetricBoardProps & { readonly found: number; readonly all: number };

function BoardControls({ view, onView, found, all }: ControlsProps) {
  const { x = 'step', smooth = 0, log = false } = view;
  return (
    <div className="metric-board-controls">
      <TextField
        label={`Find a metric (${found === all ? count(all) : `${count(found)} of ${count(all)}`})`}
        type="search"
        value={view.find ?? ''}
        onChange={({ target }) => onView({ find: target.value || undefined })}
      />
      <SelectField
        label="X axis"
        value={x}
        // A part of one axis is none of another.
        onChange={({ target }) =>
          onView({ x: X_AXES.find((axis) => axis === target.value), zoom: undefined })
        }
      >
        {X_AXES.map((axis) => (
          <option key={axis} value={axis}>
            {AXIS_NAMES[axis]}
          </option>
        ))}
      </SelectField>
      <Smoothing value={smooth} onValue={(next) => onView({ smooth: next || undefined })} />
      <Checkbox
        label="Log scale"
        checked={log}
        onChange={({ target }) => onView({ log: target.checked || undefined })}
      />
      <p className="quiet">Drag over a chart to look closer; a double click shows all.</p>
    </div>
  );
}

/** Browsers take only so many addresses a second. */
const REST_MS = 120;

function Smoothing({ value, onValue }: { value: number; onValue: (value: number) => void }) {
  const [moved, setMoved] = useState<number>();
  const latest = useRef(onValue);
  latest.current = onValue;
  useEffect(() => {
    if (moved === undefined) return;
    const timer = setTimeout(() => {
      latest.current(moved);
      setMoved(undefined);
    }, REST_MS);
    return () => clearTimeout(timer);
  }, [moved]);
  const shown = moved ?? value;
  return (
    <label className="metric-board-smoothing">
      <span>
        Smoothing <span className="number">{shown.toFixed(2)}</span>
      </span>
      <input
        type="range"
        min={0}
        max={0.99}
        step={0.01}
        value={shown}
        title="Exponential moving average of the points that are shown; the values as logged stay behind it"
        onChange={({ target }) => setMoved(Number(target.value))}
      />
    </label>
  );
}

import { useMemo } from 'react';
import { count } from '../../data/format.ts';
import { Button } from '../../ui/button.tsx';
import { SelectField } from '../../ui/field.tsx';
import { Empty } from '../../ui/page.tsx';
import type { ChartRun } from './charts/chart-run.ts';
import {
  CHART_KINDS,
  type ChangeView,
  type ChartKind,
  type ChartsView,
} from './charts/charts-view.ts';
import { MetricBoard } from './charts/metric-board.tsx';
import { Parallel } from './charts/parallel.tsx';
import { Scatter } from './charts/scatter.tsx';

export interface ExperimentChartsProps {
  /** What is loaded of the list, in its order. */
  readonly runs: readonly ChartRun[];
  /** Ids of chosen runs: they alone are drawn, if there are any. */
  readonly chosen?: ReadonlySet<string>;
  /** How it is looked at, from the address: `chartsView` of charts/charts-view.ts reads it. */
  readonly view: ChartsView;
  readonly onView: ChangeView;
}

const LIMITS = [10, 25, 50, 100] as const;
const USUAL = 25;

const NAMES: Readonly<Record<ChartKind, string>> = {
  curves: 'Metric curves',
  scatter: 'Scatter plot',
  parallel: 'Parallel coordinates',
};

/** Charts of the runs of an experiment: those that are chosen, or the first of the list. */
export function ExperimentCharts({ runs, chosen, view, onView }: ExperimentChartsProps) {
  const { chart = 'curves', most = USUAL } = view;
  const picked = useMemo(
    () =>
      chosen === undefined || chosen.size === 0 ? runs : runs.filter((run) => chosen.has(run.id)),
    [runs, chosen],
  );
  const shown = useMemo(() => picked.slice(0, most), [picked, most]);
  if (runs.length === 0) {
    return (
      <Empty
        title="No runs to draw"
        code={`import mlflow\n\nmlflow.set_tracking_uri("${window.location.origin}")\nwith mlflow.start_run():\n    mlflow.log_metric("loss", 0.25, step=1)`}
      />
    );
  }
  return (
    <div className="stack">
      <div className="row">
        <fieldset className="chart-kinds">
          <legend className="visually-hidden">Kind of chart</legend>
          {CHART_KINDS.map((kind) => (
            <Button
              key={kind}
              kind={kind === chart ? 'primary' : 'plain'}
              aria-pressed={kind === chart}
              onClick={() => onView({ chart: kind })}
            >
              {NAMES[kind]}
            </Button>
          ))}
        </fieldset>
        <SelectField
          label="Runs at most"
          labelHidden
          value={most}
          onChange={({ target }) => onView({ most: Number(target.value) })}
        >
          {LIMITS.map((limit) => (
            <option key={limit} value={limit}>
              {limit} runs at most
            </option>
          ))}
        </SelectField>
        <span className="quiet">{toldOf(shown.length, picked.length, picked !== runs)}</span>
      </div>
      {chart === 'curves' && <MetricBoard runs={shown} view={view} onView={onView} />}
      {chart === 'scatter' && <Scatter runs={shown} view={view} onView={onView} />}
      {chart === 'parallel' && <Parallel runs={shown} view={view} onView={onView} />}
    </div>
  );
}

function toldOf(shown: number, all: number, chosen: boolean): string {
  const which = chosen ? 'chosen' : 'loaded';
  return shown === all
    ? `All ${count(all)} ${which} runs.`
    : `The first ${count(shown)} of ${count(all)} ${which} runs, in the order of the table.`;
}

import { useMemo } from 'react';
import { count, number } from '../../../data/format.ts';
import { type Column, DataTable } from '../../../ui/data-table.tsx';
import { Checkbox, TextField } from '../../../ui/field.tsx';
import { Card, Empty } from '../../../ui/page.tsx';
import { Name } from '../../../ui/text.tsx';
import { type ChartRun, differingParams, metricKeysOf } from '../charts/chart-run.ts';
import { SaveTable } from '../charts/save-table.tsx';
import { Matrix } from './compare-params.tsx';
import { type Group, groupName, groupsOf, seedLike } from './groups.ts';
import { type MeanInterval, meanInterval } from './mean-interval.ts';
import { MeanPlot } from './mean-plot.tsx';
import type { CompareRow } from './param-rows.ts';

interface CompareMetricsProps {
  readonly runs: readonly ChartRun[];
  readonly find: string | undefined;
  readonly onFind: (find: string | undefined) => void;
  /** Params that do not tell configurations apart; those that look like seeds when missing. */
  readonly ignored: readonly string[] | undefined;
  readonly onIgnored: (ignored: readonly string[] | undefined) => void;
}

/** Metrics that are drawn at once; the field above them finds the others. */
const MOST_METRICS = 20;

type RunGroup = Group<ChartRun>;

interface GroupRow extends MeanInterval {
  readonly group: RunGroup;
  readonly metric: string;
}

const figure = (value: number | undefined): string => (value === undefined ? '–' : number(value));

const COLUMNS: readonly Column<GroupRow>[] = [
  {
    id: 'group',
    title: 'Configuration',
    width: 240,
    cell: ({ group }) => <span title={groupName(group)}>{<Name>{groupName(group)}</Name>}</span>,
  },
  { id: 'n', title: 'Runs', numeric: true, width: 70, cell: ({ n }) => count(n) },
  { id: 'mean', title: 'Mean', numeric: true, width: 100, cell: ({ mean }) => figure(mean) },
  {
    id: 'interval',
    title: '95 % interval',
    numeric: true,
    width: 170,
    cell: ({ low, high }) =>
      low === undefined ? <span className="quiet">–</span> : `${figure(low)} to ${figure(high)}`,
  },
  {
    id: 'without',
    title: 'Without a number',
    numeric: true,
    width: 130,
    cell: ({ without }) => count(without),
  },
];

const rowsOf = (groups: readonly RunGroup[], metric: string): readonly GroupRow[] =>
  groups.map((group) => ({
    group,
    metric,
    ...meanInterval(group.items.map((run) => run.metrics.get(metric))),
  }));

const savedRows = (groups: readonly RunGroup[], metrics: readonly string[]): readonly object[] =>
  metrics.flatMap((metric) =>
    rowsOf(groups, metric).map(({ group, n, mean, low, high }) => ({
      metric,
      ...Object.fromEntries(group.params.map(([key, value]) => [`params.${key}`, value ?? null])),
      runs: n,
      mean: mean ?? null,
      low_95: low ?? null,
      high_95: high ?? null,
    })),
  );

const metricRows = (runs: readonly ChartRun[], keys: readonly string[]): readonly CompareRow[] =>
  keys.map((key) => {
    const values = runs.map((run) => run.metrics.get(key));
    return {
      key,
      values: values.map((value) => (value === undefined ? undefined : number(value))),
      differs: new Set(values).size > 1,
    };
  });

/** The latest metrics of runs, and of configurations that were repeated the mean with its interval. */
export function CompareMetrics(props: CompareMetricsProps) {
  const { runs, find = '', onFind } = props;
  const differing = useMemo(() => differingParams(runs), [runs]);
  const ignored = props.ignored ?? seedLike(differing);
  const told = differing.filter((key) => !ignored.includes(key));
  const groups = groupsOf(runs, told, ({ params }, key) => params.get(key));
  const all = metricKeysOf(runs);
  const keys = all.filter((key) => key.toLowerCase().includes(find.toLowerCase()));
  if (all.length === 0) return <Empty title="These runs have no metrics" />;
  return (
    <div className="stack">
      <TextField
        label={`Find a metric (${count(keys.length)} of ${count(all.length)})`}
        type="search"
        value={find}
        onChange={({ target }) => onFind(target.value || undefined)}
      />
      <Card
        title="Configurations"
        actions={<SaveTable name="configurations" rows={() => savedRows(groups, keys)} />}
      >
        <Ignored differing={differing} ignored={ignored} onIgnored={props.onIgnored} />
        <p>
          {count(groups.length)} configurations of {count(runs.length)} runs.{' '}
          <span className="quiet">
            Intervals hold the mean with 95 % by Student’s t, for runs that differ by chance alone.
            One run alone has none.
          </span>
        </p>
      </Card>
      {keys.slice(0, MOST_METRICS).map((metric) => (
        <MetricIntervals key={metric} metric={metric} groups={groups} />
      ))}
      {keys.length > MOST_METRICS && (
        <p className="quiet">
          The first {MOST_METRICS} of {count(keys.length)} metrics; the field above finds others.
        </p>
      )}
      <Card title="Latest metrics of each run">
        <Matrix label="Latest metrics" runs={runs} rows={metricRows(runs, keys)} marked={false} />
      </Card>
    </div>
  );
}

interface IgnoredProps {
  readonly differing: readonly string[];
  readonly ignored: readonly string[];
  readonly onIgnored: (ignored: readonly string[]) => void;
}

function Ignored({ differing, ignored, onIgnored }: IgnoredProps) {
  if (differing.length === 0) return <p className="quiet">All params are equal.</p>;
  const turn = (key: string, on: boolean): void =>
    onIgnored(on ? [...ignored, key] : ignored.filter((each) => each !== key));
  return (
    <fieldset className="compare-ignored">
      <legend>Params that only repeat a configuration, such as seeds</legend>
      {differing.map((key) => (
        <Checkbox
          key={key}
          label={<Name>{key}</Name>}
          checked={ignored.includes(key)}
          onChange={({ target }) => turn(key, target.checked)}
        />
      ))}
    </fieldset>
  );
}

function MetricIntervals({ metric, groups }: { metric: string; groups: readonly RunGroup[] }) {
  const rows = rowsOf(groups, metric);
  return (
    <Card title={metric}>
      <MeanPlot
        label={`${metric} by configuration; the table below has the same`}
        rows={rows.map(({ group, ...interval }) => ({
          id: group.id,
          name: groupName(group),
          interval,
          values: group.items.map((run) => run.metrics.get(metric)),
        }))}
      />
      <details>
        <summary>In figures</summary>
        <DataTable
          label={`${metric} by configuration`}
          columns={COLUMNS}
          rows={rows}
          rowId={({ group }) => group.id}
        />
      </details>
    </Card>
  );
}

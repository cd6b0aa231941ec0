import { useMemo, useState } from 'react';
import { count } from '../../../data/format.ts';
import { Button } from '../../../ui/button.tsx';
import { Checkbox } from '../../../ui/field.tsx';
import { Menu } from '../../../ui/menu.tsx';
import { Card } from '../../../ui/page.tsx';
import { axisOf } from './axis.ts';
import { AxisFilters } from './axis-filters.tsx';
import { type ChartRun, differingParams } from './chart-run.ts';
import type { ChangeView, ChartsView } from './charts-view.ts';
import { FieldSelect } from './field-select.tsx';
import { FieldTable, fieldRows } from './field-table.tsx';
import { fieldsOf, fieldValue, metricField, paramField, type RunField } from './fields.ts';
import { ParallelLines, type PlacedAxis } from './parallel-lines.tsx';
import { SaveTable } from './save-table.tsx';

interface ParallelProps {
  readonly runs: readonly ChartRun[];
  readonly view: ChartsView;
  readonly onView: ChangeView;
}

type Kept = NonNullable<ChartsView['kept']>;

const PARAMS = 5;
const METRICS = 3;

/** What is chosen; else params that differ, and the first metrics. */
function chosenAxes(runs: readonly ChartRun[], fields: readonly RunField[], view: ChartsView) {
  if (view.axes !== undefined) {
    return view.axes.flatMap((id) => fields.find((field) => field.id === id) ?? []);
  }
  const params = differingParams(runs).slice(0, PARAMS).map(paramField);
  const metrics = fields.filter(({ kind }) => kind === 'metric').slice(0, METRICS);
  return [...params, ...metrics];
}

/** Whether a run is within what is kept of each axis. What has no value is within no part of its axis. */
export const isKept = (run: ChartRun, axes: readonly PlacedAxis[], kept: Kept): boolean =>
  axes.every(({ field, axis }) => {
    const span = kept[field.id];
    if (span === undefined) return true;
    const value = axis.numberOf(fieldValue(run, field));
    return value !== undefined && value >= span[0] && value <= span[1];
  });

/** Each run as a line through its params and metrics. */
export function Parallel({ runs, view, onView }: ParallelProps) {
  const fields = useMemo(() => fieldsOf(runs), [runs]);
  const [table, setTable] = useState(false);
  const axes = useMemo(
    () =>
      chosenAxes(runs, fields, view).map(
        (field): PlacedAxis => ({ field, axis: axisOf(runs.map((run) => fieldValue(run, field))) }),
      ),
    [runs, fields, view],
  );
  const metrics = fields.filter(({ kind }) => kind === 'metric');
  const colour = metrics.find(({ id }) => id === view.colour) ?? metrics.at(0);
  const kept = view.kept ?? {};
  const within = runs.filter((run) => isKept(run, axes, kept));
  const keep = (id: string, span: readonly [number, number] | undefined): void => {
    const { [id]: _, ...others } = kept;
    const next = span === undefined ? others : { ...others, [id]: span };
    onView({ kept: Object.keys(next).length === 0 ? undefined : next });
  };
  const shown = axes.map(({ field }) => field);
  return (
    <Card
      title="Parallel coordinates"
      actions={<SaveTable name="runs" rows={() => fieldRows(within, shown)} />}
    >
      <div className="row">
        <AxisChoice fields={fields} chosen={shown} onView={onView} />
        <FieldSelect
          label="Colour"
          fields={metrics}
          value={colour?.id ?? ''}
          onValue={(id) => onView({ colour: id })}
        />
        {view.kept !== undefined && (
          <Button onClick={() => onView({ kept: undefined })}>Keep all</Button>
        )}
      </div>
      {axes.length < 2 ? (
        <p className="quiet">Choose two axes or more.</p>
      ) : (
        <ParallelLines
          runs={runs}
          axes={axes}
          colour={colour ?? metricField('')}
          kept={kept}
          within={new Set(within)}
          onKeep={keep}
        />
      )}
      <p role="status">
        {count(within.length)} of {count(runs.length)} runs.{' '}
        <span className="quiet">Drag along an axis to keep a part of it.</span>
      </p>
      <AxisFilters axes={axes} kept={kept} onKeep={keep} />
      <Checkbox
        label="The same as a table"
        checked={table}
        onChange={({ target }) => setTable(target.checked)}
      />
      {table && <FieldTable label="Runs that are kept" runs={within} fields={shown} />}
    </Card>
  );
}

interface AxisChoiceProps {
  readonly fields: readonly RunField[];
  readonly chosen: readonly RunField[];
  readonly onView: ChangeView;
}

function AxisChoice({ fields, chosen, onView }: AxisChoiceProps) {
  const ids = chosen.map(({ id }) => id);
  const turn = (id: string): void =>
    onView({ axes: ids.includes(id) ? ids.filter((each) => each !== id) : [...ids, id] });
  return (
    <Menu label={`Axes (${ids.length})`} stays>
      {fields.map(({ id, key, kind }) => (
        <Checkbox
          key={id}
          label={`${kind === 'param' ? 'Param' : 'Metric'} ${key}`}
          checked={ids.includes(id)}
          onChange={() => turn(id)}
        />
      ))}
    </Menu>
  );
}

import { useMemo } from 'react';
import { number } from '../../../data/format.ts';
import { type Column, DataTable } from '../../../ui/data-table.tsx';
import { Name } from '../../../ui/text.tsx';
import { RunLink } from '../run-link.tsx';
import type { FieldValue } from './axis.ts';
import type { ChartRun } from './chart-run.ts';
import { fieldValue, type RunField } from './fields.ts';

interface FieldTableProps {
  readonly label: string;
  readonly runs: readonly ChartRun[];
  readonly fields: readonly RunField[];
}

const shown = (value: FieldValue) => {
  if (value === undefined) return <span className="quiet">–</span>;
  return typeof value === 'number' ? number(value) : <Name>{value}</Name>;
};

/** Runs with some params and metrics: the same as a drawing of them. */
export function FieldTable({ label, runs, fields }: FieldTableProps) {
  const columns = useMemo(
    (): readonly Column<ChartRun>[] => [
      { id: 'run', title: 'Run', width: 180, cell: (run) => <RunLink run={run} /> },
      ...fields.map(
        (field): Column<ChartRun> => ({
          id: field.id,
          title: field.key,
          numeric: field.kind === 'metric',
          width: 120,
          cell: (run) => shown(fieldValue(run, field)),
        }),
      ),
    ],
    [fields],
  );
  return (
    <DataTable
      label={label}
      columns={columns}
      rows={runs}
      rowId={({ id }) => id}
      rowName={({ name }) => name}
      height="22rem"
    />
  );
}

/** The same for a file. */
export const fieldRows = (
  runs: readonly ChartRun[],
  fields: readonly RunField[],
): readonly object[] =>
  runs.map((run) => ({
    run_id: run.id,
    run_name: run.name,
    status: run.status,
    ...Object.fromEntries(
      fields.map((field) => [
        `${field.kind === 'metric' ? 'metrics' : 'params'}.${field.key}`,
        fieldValue(run, field) ?? null,
      ]),
    ),
  }));

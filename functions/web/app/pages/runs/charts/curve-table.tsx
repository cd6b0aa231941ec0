import { useMemo, useState } from 'react';
import { count, number } from '../../../data/format.ts';
import { type Column, DataTable, type Sort } from '../../../ui/data-table.tsx';
import { RunLink } from '../run-link.tsx';
import { type Curve, type CurveSummary, summaryOf } from './curve-lines.ts';

const figure = (value: number | undefined): string => (value === undefined ? '–' : number(value));

const COLUMNS: readonly Column<CurveSummary>[] = [
  {
    id: 'run',
    title: 'Run',
    width: 180,
    cell: ({ run, color }) => (
      <>
        <span className="swatch" style={{ background: color }} aria-hidden="true" />
        <RunLink run={run} />
      </>
    ),
  },
  {
    id: 'last',
    title: 'Last',
    numeric: true,
    sortable: true,
    width: 100,
    cell: ({ last }) => figure(last),
  },
  {
    id: 'least',
    title: 'Minimum',
    numeric: true,
    sortable: true,
    width: 100,
    cell: ({ least }) => figure(least),
  },
  {
    id: 'most',
    title: 'Maximum',
    numeric: true,
    sortable: true,
    width: 100,
    cell: ({ most }) => figure(most),
  },
  {
    id: 'noNumbers',
    title: 'Not a number',
    numeric: true,
    width: 110,
    cell: ({ noNumbers }) => count(noNumbers),
  },
  {
    id: 'total',
    title: 'Points',
    numeric: true,
    sortable: true,
    width: 90,
    cell: ({ total }) => count(total),
  },
];

const SORTED_BY = ['last', 'least', 'most', 'total'] as const;

/** The same as the chart, in figures: of each run the last, the least and the most of the part that is shown. */
export function CurveTable({ metric, curves }: { metric: string; curves: readonly Curve[] }) {
  const [sort, setSort] = useState<Sort>();
  const rows = useMemo(() => {
    const all = curves.map(summaryOf);
    const by = SORTED_BY.find((each) => each === sort?.by);
    if (by === undefined || sort === undefined) return all;
    const sign = sort.descending ? -1 : 1;
    const worst = Number.POSITIVE_INFINITY;
    return all.sort((a, b) => sign * (a[by] ?? worst) - sign * (b[by] ?? worst) || 0);
  }, [curves, sort]);
  return (
    <DataTable
      label={`${metric} by run`}
      columns={COLUMNS}
      rows={rows}
      rowId={({ run }) => run.id}
      sort={sort}
      onSort={setSort}
      height="22rem"
    />
  );
}

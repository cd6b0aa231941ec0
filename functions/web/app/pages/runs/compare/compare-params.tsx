import { useMemo } from 'react';
import { count } from '../../../data/format.ts';
import { Card } from '../../../ui/page.tsx';
import { Name } from '../../../ui/text.tsx';
import type { ChartRun } from '../charts/chart-run.ts';
import { SaveTable } from '../charts/save-table.tsx';
import type { Run } from '../run-data.ts';
import { RunLink } from '../run-link.tsx';
import { type CompareRow, factRows, paramRows } from './param-rows.ts';
import './compare.css';

const NO_VALUE = <span className="quiet">–</span>;

/** Rows for a file: a line for each param, a column for each run. */
const savedRows = (runs: readonly ChartRun[], rows: readonly CompareRow[]): readonly object[] =>
  rows.map(({ key, values, differs }) => ({
    param: key,
    differs,
    // Two runs may have the same name.
    ...Object.fromEntries(
      runs.map((run, index) => [`${run.name} (${run.id})`, values[index] ?? null]),
    ),
  }));

interface CompareParamsProps {
  readonly runs: readonly ChartRun[];
  /** The same with all that is known of them. */
  readonly all: readonly Run[];
}

/** Params in which the runs differ, marked, before those in which they are equal. */
export function CompareParams({ runs, all }: CompareParamsProps) {
  const params = useMemo(() => paramRows(runs), [runs]);
  const facts = useMemo(() => factRows(all), [all]);
  const differing = params.filter(({ differs }) => differs);
  const equal = params.filter(({ differs }) => !differs);
  return (
    <div className="stack">
      <Card
        title={`Params that differ (${count(differing.length)})`}
        actions={<SaveTable name="params" rows={() => savedRows(runs, params)} />}
      >
        {differing.length === 0 ? (
          <p className="quiet">
            {params.length === 0 ? 'These runs have no params.' : 'All params are equal.'}
          </p>
        ) : (
          <Matrix label="Params that differ" runs={runs} rows={differing} />
        )}
        {equal.length > 0 && (
          <details>
            <summary>
              {equal.length === 1 ? '1 param is' : `${count(equal.length)} params are`} equal in all
              runs
            </summary>
            <dl className="compare-equal">
              {equal.map(({ key, values }) => (
                <div key={key}>
                  <dt>
                    <Name>{key}</Name>
                  </dt>
                  <dd>
                    <Name>{values[0] ?? '–'}</Name>
                  </dd>
                </div>
              ))}
            </dl>
          </details>
        )}
      </Card>
      <Card title="Runs">
        <Matrix label="Facts of the runs" runs={runs} rows={facts} />
      </Card>
    </div>
  );
}

interface MatrixProps {
  readonly label: string;
  readonly runs: readonly ChartRun[];
  readonly rows: readonly CompareRow[];
  /** Whether what is unlike the first run is marked. */
  readonly marked?: boolean;
}

/** A row for each param, a column for each run. */
export const Matrix = ({ label, runs, rows, marked = true }: MatrixProps) => (
  // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys
  <section className="compare-matrix" aria-label={label} tabIndex={0}>
    <table>
      <caption className="visually-hidden">{label}</caption>
      <thead>
        <tr>
          <th scope="col">Name</th>
          {runs.map((run) => (
            <th key={run.id} scope="col">
              <RunLink run={run} />
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map(({ key, values }) => (
          <tr key={key}>
            <th scope="row">
              <Name>{key}</Name>
            </th>
            {values.map((value, index) => (
              <td
                key={runs[index]?.id}
                title={value}
                className={marked && value !== values[0] ? 'differs' : undefined}
              >
                {value === undefined ? NO_VALUE : <Name>{value}</Name>}
                {marked && value !== values[0] && (
                  <span className="visually-hidden"> (differs from the first)</span>
                )}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  </section>
);

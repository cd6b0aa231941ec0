import { duration } from '../../../data/format.ts';
import { type ChartRun, paramKeysOf } from '../charts/chart-run.ts';
import { type Run, sourceOf, tagOf, userOf } from '../run-data.ts';

/** One param (or fact) of all runs that are compared. */
export interface CompareRow {
  readonly key: string;
  /** In the order of the runs. */
  readonly values: readonly (string | undefined)[];
  readonly differs: boolean;
}

const rowOf = (key: string, values: readonly (string | undefined)[]): CompareRow => ({
  key,
  values,
  differs: new Set(values).size > 1,
});

/** Those that differ first; each part in the order of the names. */
export function paramRows(runs: readonly ChartRun[]): readonly CompareRow[] {
  const rows = paramKeysOf(runs).map((key) =>
    rowOf(
      key,
      runs.map(({ params }) => params.get(key)),
    ),
  );
  return rows.toSorted((a, b) => Number(b.differs) - Number(a.differs));
}

const lasted = ({ info }: Run): string | undefined =>
  info.end_time === undefined ? undefined : duration((info.end_time - info.start_time) / 1000);

/** What is known of runs beside their params. */
export const factRows = (runs: readonly Run[]): readonly CompareRow[] =>
  (
    [
      ['Status', ({ info }) => info.status.toLowerCase()],
      ['Run by', userOf],
      ['Source', sourceOf],
      ['Commit', (run) => tagOf(run, 'mlflow.source.git.commit')?.slice(0, 8)],
      ['Duration', lasted],
    ] as readonly (readonly [string, (run: Run) => string | undefined])[]
  ).map(([key, of]) => rowOf(key, runs.map(of)));

import { useMemo } from 'react';
import { count } from '../../../data/format.ts';
import { Button } from '../../../ui/button.tsx';
import { DataTable, type Sort } from '../../../ui/data-table.tsx';
import { Empty, ErrorNote, Loading } from '../../../ui/page.tsx';
import { isRefused } from '../../../ui/query-field.tsx';
import { tableColumns } from './run-cells.tsx';
import type { RunRow } from './run-row.ts';
import type { Runs } from './use-runs.ts';

interface RunsTableProps {
  readonly group: number;
  readonly experimentName: string;
  readonly runs: Runs;
  /** Ids of the columns. */
  readonly columns: readonly string[];
  readonly sort: Sort;
  readonly onSort: (sort: Sort) => void;
  readonly selected: ReadonlySet<string>;
  readonly onSelect: (selected: ReadonlySet<string>) => void;
  readonly searched: boolean;
}

const rowId = ({ id }: RunRow): string => id;
const rowName = ({ id, name }: RunRow): string => name || id;

const code = (experiment: string): string => `import mlflow
mlflow.set_tracking_uri("${window.location.origin}")
mlflow.set_experiment(${JSON.stringify(experiment)})
with mlflow.start_run():
    mlflow.log_param("lr", 0.01)
    mlflow.log_metric("loss", 0.42)`;

/** The loaded runs; the next page is fetched when their end comes into view. */
export function RunsTable(props: RunsTableProps) {
  const { group, runs, columns: ids, searched, experimentName, ...table } = props;
  const key = JSON.stringify(ids);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key says which columns
  const columns = useMemo(() => tableColumns(ids, group), [key, group]);
  const { query, rows } = runs;
  if (query.isPending) return <Loading what="Looking for runs …" />;
  if (isRefused(query.error)) return null;
  if (rows.length === 0 && query.isError) {
    return <ErrorNote error={query.error} onRetry={() => void query.refetch()} />;
  }
  if (rows.length === 0 && searched) {
    return <Empty title="No run fits">Search for something else, or clear the search.</Empty>;
  }
  if (rows.length === 0) {
    return (
      <Empty title="No runs yet" code={code(experimentName)}>
        <p>Runs come in here by themselves as soon as a client or a job logs them:</p>
      </Empty>
    );
  }
  const showFresh = (): void => {
    runs.frame.current?.querySelector('.data-table')?.scrollTo({ top: 0 });
    runs.showFresh();
  };
  return (
    <div ref={runs.frame} className="runs-table" aria-busy={query.isPlaceholderData}>
      {runs.fresh > 0 && (
        <Button kind="primary" className="runs-fresh" onClick={showFresh}>
          ↑ {runs.fresh} new
        </Button>
      )}
      <DataTable
        label="Runs"
        columns={columns}
        rows={rows}
        rowId={rowId}
        rowName={rowName}
        onEnd={runs.more}
        height="calc(100dvh - 15rem)"
        footer={<Footer runs={runs} searched={searched} />}
        {...table}
      />
    </div>
  );
}

interface FooterProps {
  readonly runs: Runs;
  readonly searched: boolean;
}

function Footer({ runs: { query, rows, full }, searched }: FooterProps) {
  if (query.isError) {
    return <ErrorNote error={query.error} onRetry={() => void query.fetchNextPage()} />;
  }
  if (full)
    return `${count(rows.length)} runs are loaded, and more fit: narrow the search to see them.`;
  if (query.hasNextPage) return `${count(rows.length)} runs are loaded; more follow …`;
  const [runs, fit] = rows.length === 1 ? ['run', 'fits'] : ['runs', 'fit'];
  return `${count(rows.length)} ${runs} ${searched ? fit : 'in all'}`;
}

import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { number } from '../../data/format.ts';
import { useGroup } from '../../data/use-group.ts';
import { DataTable } from '../../ui/data-table.tsx';
import { Card, ErrorNote, Loading } from '../../ui/page.tsx';
import { Name, Time } from '../../ui/text.tsx';
import { RunStatusBadge } from '../runs/run/run-status.tsx';
import { idOf, nameOf, type Run } from '../runs/run-data.ts';
import { RunLink } from '../runs/run-link.tsx';
import { ExperimentOfRun, type RunsProps } from './experiment-of-run.tsx';
import { latestRuns } from './home-queries.ts';

/** Metrics that are shown of a run. */
const FEW = 3;

/** The runs that began last, with their results. */
export function LatestCard({ ids, names }: RunsProps) {
  const group = useGroup();
  const query = useQuery(latestRuns(group, ids));
  if (query.data?.length === 0) return null;
  return (
    <Card
      title="Latest results"
      actions={
        <Link to="/$group/experiments" params={{ group }}>
          All experiments
        </Link>
      }
    >
      {query.isError && <ErrorNote error={query.error} />}
      {query.isPending && <Loading />}
      {query.data !== undefined && (
        <DataTable
          label="Latest runs"
          rows={query.data}
          rowId={idOf}
          columns={columnsOf(names)}
          footer={ids.length >= 100 ? 'Of the hundred experiments that changed last.' : undefined}
        />
      )}
    </Card>
  );
}

const columnsOf = (names: RunsProps['names']) => [
  {
    id: 'run',
    title: 'Run',
    width: 190,
    cell: (run: Run) => (
      <span className="home-name">
        <RunLink run={{ id: idOf(run), name: nameOf(run) }} />
      </span>
    ),
  },
  {
    id: 'experiment',
    title: 'Experiment',
    width: 135,
    cell: (run: Run) => (
      <span className="home-name">
        <ExperimentOfRun run={run} names={names} />
      </span>
    ),
  },
  { id: 'status', title: 'State', width: 90, cell: (run: Run) => <RunStatusBadge run={run} /> },
  { id: 'metrics', title: 'Metrics', width: 205, cell: (run: Run) => <Metrics run={run} /> },
  {
    id: 'start',
    title: 'Began',
    width: 90,
    cell: (run: Run) => <Time at={run.info.start_time} />,
  },
];

function Metrics({ run }: { readonly run: Run }) {
  const metrics = run.data?.metrics ?? [];
  if (metrics.length === 0) return <span className="quiet">–</span>;
  return (
    <span
      className="home-name"
      title={metrics.map(({ key, value }) => `${key} ${value}`).join('\n')}
    >
      {metrics.slice(0, FEW).map(({ key = '', value }) => (
        <span key={key} className="home-metric">
          <span className="quiet">
            <Name>{key}</Name>
          </span>{' '}
          {typeof value === 'number' ? number(value) : String(value)}
        </span>
      ))}
      {metrics.length > FEW && <span className="quiet">+{metrics.length - FEW}</span>}
    </span>
  );
}

import { useQuery } from '@tanstack/react-query';
import { count } from '../../data/format.ts';
import { sessionQuery } from '../../data/session.ts';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { Name, Time } from '../../ui/text.tsx';
import type { Pool } from './queue-pool.ts';

const KINDS = {
  managed: 'managed: the deployment runs its workers',
  external: 'external: workers of your own',
} as const;

/** The most that a look at what waits of all groups counts. */
const COUNTED = 500;

const COLUMNS: readonly Column<Pool>[] = [
  { id: 'name', title: 'Pool', cell: ({ name }) => <Name>{name}</Name> },
  { id: 'kind', title: 'Kind', width: 260, cell: ({ kind }) => KINDS[kind] },
  {
    id: 'running',
    title: 'Running',
    width: 100,
    numeric: true,
    cell: ({ running }) => count(running),
  },
  {
    id: 'waiting',
    title: 'Waiting',
    width: 100,
    numeric: true,
    cell: ({ waiting }) => count(waiting),
  },
  {
    id: 'all',
    title: 'Waiting, all groups',
    width: 150,
    numeric: true,
    cell: ({ waitingOfAll }) => {
      if (waitingOfAll === undefined) return '–';
      return waitingOfAll >= COUNTED ? `≥ ${count(COUNTED)}` : count(waitingOfAll);
    },
  },
  { id: 'asOf', title: 'As of', width: 110, cell: ({ asOf }) => <Time at={asOf} /> },
];

/** The pools of workers, with what runs and waits of the group. */
export function PoolsTable({ pools }: { readonly pools: readonly Pool[] }) {
  const administrator = useQuery(sessionQuery).data?.administrator === true;
  const hidden = administrator ? new Set<string>() : new Set(['all']);
  return (
    <div className="stack">
      <h2>Pools</h2>
      <DataTable
        label="Pools"
        columns={COLUMNS}
        rows={pools}
        rowId={({ name }) => name}
        hidden={hidden}
      />
    </div>
  );
}

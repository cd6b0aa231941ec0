import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useGroup } from '../../data/use-group.ts';
import { Button } from '../../ui/button.tsx';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { Empty } from '../../ui/page.tsx';
import { Name, Time } from '../../ui/text.tsx';
import { DeleteQueue } from './delete-queue.tsx';
import { QueueDialog } from './queue-dialog.tsx';
import { type Pool, poolOf, type Queue } from './queue-pool.ts';

interface QueuesTableProps {
  readonly queues: readonly Queue[];
  readonly pools: readonly Pool[] | undefined;
  readonly onNew: () => void;
}

/** The queues of the group, with what can be done with each. */
export function QueuesTable({ queues, pools, onNew }: QueuesTableProps) {
  const group = useGroup();
  const [changed, setChanged] = useState<Queue>();
  const [deleted, setDeleted] = useState<Queue>();
  if (queues.length === 0) {
    return (
      <Empty
        title="No queues yet"
        code={`client.queues.create(group_id=${group}, name="default")`}
        action={<Button onClick={onNew}>New queue</Button>}
      >
        <p>
          Jobs wait in queues. A queue that is called like a pool is served by the workers of that
          pool, any other by the pool "default". Attach it to entrypoints, so that their jobs may
          wait there. With Dioptra's Python client:
        </p>
      </Empty>
    );
  }
  const columns = [
    ...columnsOf(group, pools),
    {
      id: 'actions',
      title: 'Actions',
      width: 170,
      cell: (queue: Queue) => (
        <span className="queues-actions">
          <Button aria-label={`Change ${queue.name}`} onClick={() => setChanged(queue)}>
            Change
          </Button>
          <Button
            kind="danger"
            aria-label={`Delete ${queue.name}`}
            onClick={() => setDeleted(queue)}
          >
            Delete
          </Button>
        </span>
      ),
    },
  ];
  return (
    <>
      <DataTable
        label="Queues"
        columns={columns}
        rows={queues}
        rowId={({ id }) => String(id)}
        footer={queues.length === 1 ? '1 queue' : `${queues.length} queues`}
      />
      {changed !== undefined && (
        <QueueDialog open queue={changed} onClose={() => setChanged(undefined)} />
      )}
      {deleted !== undefined && (
        <DeleteQueue queue={deleted} onClose={() => setDeleted(undefined)} />
      )}
    </>
  );
}

const columnsOf = (group: number, pools: readonly Pool[] | undefined): Column<Queue>[] => [
  {
    id: 'name',
    title: 'Queue',
    cell: ({ name }) => <Name>{name}</Name>,
  },
  { id: 'priority', title: 'Priority', width: 80, numeric: true, cell: ({ priority }) => priority },
  {
    id: 'pool',
    title: 'Served by',
    width: 150,
    cell: ({ name }) => {
      const pool = pools === undefined ? undefined : poolOf(name, pools);
      if (pool === undefined) return <span className="quiet">–</span>;
      return (
        <>
          pool <Name>{pool.name}</Name>
        </>
      );
    },
  },
  {
    id: 'description',
    title: 'Description',
    width: 260,
    cell: ({ description }) =>
      description === '' ? <span className="quiet">–</span> : <Name>{description}</Name>,
  },
  {
    id: 'jobs',
    title: 'Jobs',
    width: 130,
    cell: ({ name }) => (
      <>
        <Link to="/$group/jobs" params={{ group }} search={{ queue: name, state: 'waiting' }}>
          waiting
        </Link>
        {' · '}
        <Link to="/$group/jobs" params={{ group }} search={{ queue: name }}>
          all
        </Link>
      </>
    ),
  },
  {
    id: 'changed',
    title: 'Changed',
    width: 120,
    cell: ({ lastModifiedOn }) => <Time at={lastModifiedOn} />,
  },
];

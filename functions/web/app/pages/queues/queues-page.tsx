import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useGroup } from '../../data/use-group.ts';
import { Button } from '../../ui/button.tsx';
import { Answer, Page } from '../../ui/page.tsx';
import { Freshness } from '../../ui/text.tsx';
import { overviewQuery } from '../home/overview-query.ts';
import { queuesQuery } from '../jobs/group-choices.ts';
import { LimitsCard } from './limits-card.tsx';
import { PoolsTable } from './pools-table.tsx';
import { QueueDialog } from './queue-dialog.tsx';
import { QueuesTable } from './queues-table.tsx';
import { WorkerHelp } from './worker-help.tsx';
import './queues-page.css';

/** Where jobs wait, who runs them, and how many may run at a time. */
export function QueuesPage() {
  const group = useGroup();
  const overview = useQuery(overviewQuery(group));
  const queues = useQuery(queuesQuery(group));
  const [isNew, setNew] = useState(false);
  return (
    <Page
      title="Queues and pools"
      actions={
        <Button kind="primary" onClick={() => setNew(true)}>
          New queue
        </Button>
      }
      freshness={
        <Freshness
          at={overview.dataUpdatedAt}
          busy={overview.isFetching}
          error={overview.error}
          onRefresh={() => {
            void overview.refetch();
            void queues.refetch();
          }}
        />
      }
    >
      <QueueDialog open={isNew} onClose={() => setNew(false)} />
      <Answer query={queues}>
        {(rows) => (
          <QueuesTable queues={rows} pools={overview.data?.pools} onNew={() => setNew(true)} />
        )}
      </Answer>
      <Answer query={overview}>
        {({ pools, limits }) => (
          <>
            <PoolsTable pools={pools} />
            <LimitsCard running={limits.runningJobs} />
            <WorkerHelp pools={pools} />
          </>
        )}
      </Answer>
    </Page>
  );
}

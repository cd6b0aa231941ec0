import { Link } from '@tanstack/react-router';
import { count } from '../../data/format.ts';
import { useGroup } from '../../data/use-group.ts';
import { Card } from '../../ui/page.tsx';
import { Name } from '../../ui/text.tsx';
import type { Overview } from './overview-query.ts';

/** What runs and waits in each pool, and how much may run at a time. */
export function PoolsCard({ overview }: { readonly overview: Overview }) {
  const group = useGroup();
  const { pools, limits } = overview;
  return (
    <Card
      title="Pools of workers"
      actions={
        <Link to="/$group/queues" params={{ group }}>
          Queues and pools
        </Link>
      }
    >
      <ul className="home-list">
        {pools.map(({ name, kind, waiting, running }) => (
          <li key={name}>
            <span className="home-what">
              <Name>{name}</Name> <span className="quiet">{kind}</span>
            </span>
            <span>
              {count(running)} running, {count(waiting)} waiting
            </span>
          </li>
        ))}
      </ul>
      {limits.runningJobs !== null && (
        <p className="quiet">
          At most {count(limits.runningJobs)} jobs of this group run at a time.
        </p>
      )}
    </Card>
  );
}

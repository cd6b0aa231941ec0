import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { sessionQuery } from '../../data/session.ts';
import { Card } from '../../ui/page.tsx';
import { Copyable } from '../../ui/text.tsx';
import type { Pool } from './queue-pool.ts';

/** How workers of one's own come to an external pool. */
export function WorkerHelp({ pools }: { readonly pools: readonly Pool[] }) {
  const administrator = useQuery(sessionQuery).data?.administrator === true;
  const external = pools.filter(({ kind }) => kind === 'external');
  if (external.length === 0) {
    return (
      <Card title="Workers of your own">
        <p className="quiet">
          This deployment has no external pools, so all jobs run on its own workers. Whoever runs
          the deployment adds external pools in its configuration.
        </p>
      </Card>
    );
  }
  return (
    <Card title="Workers of your own">
      <p>
        An external pool is served by any machine that reaches this address over HTTPS: no port of
        it has to be open. In a checkout of Assay, with a token of the pool
        {administrator ? (
          <>
            {' '}
            from <Link to="/admin">administration</Link>
          </>
        ) : (
          ', which administrators make'
        )}
        :
      </p>
      {external.map(({ name }) => (
        <Copyable key={name} text={commandOf(name)} />
      ))}
    </Card>
  );
}

/** A name of a pool has letters, digits, dots, dashes and underscores: it needs no quotes. */
const commandOf = (pool: string): string =>
  `ASSAY_WORKER_TOKEN=… npm run worker -- --url ${window.location.origin} --pool ${pool}`;

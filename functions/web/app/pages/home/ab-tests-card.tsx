import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { isNotFound } from '../../data/api-error.ts';
import { useGroup } from '../../data/use-group.ts';
import { Card, ErrorNote, Loading } from '../../ui/page.tsx';
import { Name } from '../../ui/text.tsx';
import { dayNumber } from '../abtests/days.ts';
import { runningTests } from './home-queries.ts';

/** A/B tests that run, with their day. */
export function AbTestsCard() {
  const group = useGroup();
  const query = useQuery(runningTests(group));
  const tests = query.data?.results ?? [];
  return (
    <Card
      title="A/B tests that run"
      actions={
        <Link to="/$group/ab-tests" params={{ group }}>
          All
        </Link>
      }
    >
      {query.isError && !isNotFound(query.error) && <ErrorNote error={query.error} />}
      {query.isPending && <Loading />}
      {query.data !== undefined && tests.length === 0 && <p className="quiet">None.</p>}
      <ul className="home-list">
        {tests.map(({ id, name, start_date: start }) => (
          <li key={id}>
            <span className="home-what">
              <Link to="/$group/ab-tests/$test" params={{ group, test: String(id) }}>
                <Name>{name}</Name>
              </Link>
            </span>
            {start !== null && start !== undefined && (
              <span className="quiet">day {dayNumber({ start_date: start })}</span>
            )}
          </li>
        ))}
      </ul>
    </Card>
  );
}

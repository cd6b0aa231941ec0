import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { count } from '../../data/format.ts';
import { useGroup } from '../../data/use-group.ts';
import { Answer, Card, Empty, Page } from '../../ui/page.tsx';
import { Tabs } from '../../ui/tabs.tsx';
import { FreshnessOf } from '../../ui/text.tsx';
import { ChangeTable } from './change-table.tsx';
import { PolicyCard } from './policy-card.tsx';
import { changesQuery } from './queries.ts';
import { STATES } from './search-words.ts';

const route = getRouteApi('/signed-in/$group/change-requests');

const WORDS: Readonly<Record<(typeof STATES)[number], string>> = {
  pending: 'Waiting',
  applied: 'Done',
  rejected: 'Rejected',
  expired: 'Expired',
  failed: 'Failed',
};

/** Changes of flags that others must approve, and the policy that says who. */
export function ChangeRequestsPage() {
  const group = useGroup();
  const { state } = route.useSearch();
  const query = useQuery({
    ...changesQuery(group, state === undefined ? {} : { state }),
    refetchInterval: 30_000,
  });
  return (
    <Page title="Change requests" freshness={<FreshnessOf query={query} />}>
      <StateTabs state={state} />
      <Answer query={query}>
        {({ results, count: all }) =>
          results.length === 0 ? (
            <Empty title={state === 'pending' ? 'Nothing waits' : 'No change requests'}>
              <p>
                Where the policy below wants approval, a change of a flag waits here until enough
                people have approved it.
              </p>
            </Empty>
          ) : (
            <Card>
              <ChangeTable changes={results} />
              {all > results.length && (
                <p className="quiet">
                  The newest {count(results.length)} of {count(all)}.
                </p>
              )}
            </Card>
          )
        }
      </Answer>
      <PolicyCard />
    </Page>
  );
}

function StateTabs({ state }: { readonly state: (typeof STATES)[number] | undefined }) {
  const group = useGroup();
  const link = (to: typeof state, text: string) => (
    <Link
      key={text}
      to="/$group/change-requests"
      params={{ group }}
      search={to === undefined ? {} : { state: to }}
      activeOptions={{ exact: true, includeSearch: true }}
      {...(to === state && { 'aria-current': 'page' as const })}
    >
      {text}
    </Link>
  );
  return (
    <Tabs label="Change requests by state">
      {link(undefined, 'All')}
      {STATES.map((each) => link(each, WORDS[each]))}
    </Tabs>
  );
}

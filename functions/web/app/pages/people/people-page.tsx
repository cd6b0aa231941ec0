import { getRouteApi, Link } from '@tanstack/react-router';
import { Answer, Page } from '../../ui/page.tsx';
import { Tabs } from '../../ui/tabs.tsx';
import { FreshnessOf } from '../../ui/text.tsx';
import { AccountsTab } from './accounts-tab.tsx';
import { useOwnGroup } from './group-query.ts';
import { GroupTab } from './group-tab.tsx';
import { InvitationsTab } from './invitations-tab.tsx';
import { MembersTab } from './members-tab.tsx';
import { PEOPLE_TABS } from './people-search.ts';

const route = getRouteApi('/signed-in/$group/people');
const EXACT = { exact: true, includeSearch: true };
const WORDS = {
  invitations: 'Invitations',
  accounts: 'Service accounts',
  group: 'The group',
};

/** Who is in the group, who may come, and what its machines sign in as. */
export function PeoplePage() {
  const { tab } = route.useSearch();
  const { group: id } = route.useParams();
  const { query, self, own } = useOwnGroup();
  return (
    <Page title="People" freshness={<FreshnessOf query={query} />}>
      <Tabs label="Parts of this page">
        <Link to="/$group/people" params={{ group: id }} search={{}} activeOptions={EXACT}>
          Members
        </Link>
        {PEOPLE_TABS.map((each) => (
          <Link
            key={each}
            to="/$group/people"
            params={{ group: id }}
            search={{ tab: each }}
            activeOptions={EXACT}
          >
            {WORDS[each]}
          </Link>
        ))}
      </Tabs>
      <Answer query={query}>
        {(group) => (
          <>
            {tab === undefined && <MembersTab group={group} self={self} own={own(group)} />}
            {tab === 'invitations' && <InvitationsTab group={group} own={own(group)} />}
            {tab === 'accounts' && <AccountsTab group={group} own={own(group)} />}
            {tab === 'group' && <GroupTab group={group} own={own(group)} />}
          </>
        )}
      </Answer>
    </Page>
  );
}

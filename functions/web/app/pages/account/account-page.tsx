import { getRouteApi, Link } from '@tanstack/react-router';
import { Page } from '../../ui/page.tsx';
import { Tabs } from '../../ui/tabs.tsx';
import { AppearanceCard } from './appearance-card.tsx';
import { EndingCard } from './ending-card.tsx';
import { GroupsTab } from './groups-tab.tsx';
import { PasswordCard } from './password-card.tsx';
import { PersonCard } from './person-card.tsx';
import { TokensTab } from './tokens-tab.tsx';

const route = getRouteApi('/signed-in/account');
const EXACT = { exact: true, includeSearch: true };

/** What belongs to one person, whatever the group. */
export function AccountPage() {
  const { tab } = route.useSearch();
  return (
    <Page title="Your account">
      <Tabs label="Parts of your account">
        <Link to="/account" search={{}} activeOptions={EXACT}>
          You
        </Link>
        <Link to="/account" search={{ tab: 'tokens' }} activeOptions={EXACT}>
          Tokens and keys
        </Link>
        <Link to="/account" search={{ tab: 'groups' }} activeOptions={EXACT}>
          Groups
        </Link>
      </Tabs>
      {tab === undefined && (
        <div className="grid">
          <PersonCard />
          <PasswordCard />
          <AppearanceCard />
          <EndingCard />
        </div>
      )}
      {tab === 'tokens' && <TokensTab />}
      {tab === 'groups' && <GroupsTab />}
    </Page>
  );
}

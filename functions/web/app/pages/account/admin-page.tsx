import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { sessionQuery } from '../../data/session.ts';
import { Answer, Empty, Page } from '../../ui/page.tsx';
import { Tabs } from '../../ui/tabs.tsx';
import { AuditView } from '../people/audit-view.tsx';
import { DeploymentInvitations } from './deployment-invitations.tsx';
import { EventsTab } from './events-tab.tsx';
import { LimitsTab } from './limits-tab.tsx';
import { ADMIN_TABS, type AdminTab } from './tabs.ts';
import { UsersTab } from './users-tab.tsx';
import { WorkersTab } from './workers-tab.tsx';

const route = getRouteApi('/signed-in/admin');
const WORDS: Readonly<Record<AdminTab, string>> = {
  invitations: 'Invitations',
  workers: 'Worker tokens',
  limits: 'Limits',
  audit: 'Audit trail',
  events: 'Events',
};

const INACTIVE = { 'aria-current': undefined };

/** What concerns the whole deployment, for those with the flag `admin` in the group `public`. */
export function AdminPage() {
  const session = useQuery(sessionQuery);
  return (
    <Page title="Administration">
      <Answer query={session}>
        {({ administrator }) => (administrator ? <Parts /> : <NoAdministrator />)}
      </Answer>
    </Page>
  );
}

const NoAdministrator = () => (
  <Empty title="Only administrators see this">
    <p>
      Administrators are the members of the group “public” with the permission “Administer”. An
      owner of that group gives it, on its page “People”.
    </p>
  </Empty>
);

/** Its address is also that of the same part with a filter, so what is open is not told by the address alone. */
function TabLink({ tab, children }: { tab: AdminTab | undefined; children: string }) {
  const isOpen = route.useSearch().tab === tab;
  return (
    <Link
      to="/admin"
      search={tab === undefined ? {} : { tab }}
      activeProps={isOpen ? {} : INACTIVE}
    >
      {children}
    </Link>
  );
}

function Parts() {
  const { tab, search: _, ...filter } = route.useSearch();
  const navigate = route.useNavigate();
  return (
    <>
      <Tabs label="Parts of the administration">
        <TabLink tab={undefined}>Users</TabLink>
        {ADMIN_TABS.map((each) => (
          <TabLink key={each} tab={each}>
            {WORDS[each]}
          </TabLink>
        ))}
      </Tabs>
      {tab === undefined && <UsersTab />}
      {tab === 'invitations' && <DeploymentInvitations />}
      {tab === 'workers' && <WorkersTab />}
      {tab === 'limits' && <LimitsTab />}
      {tab === 'audit' && (
        <AuditView
          group={undefined}
          filter={filter}
          onFilter={(wanted) => void navigate({ search: { tab, ...wanted }, replace: true })}
        />
      )}
      {tab === 'events' && <EventsTab />}
    </>
  );
}

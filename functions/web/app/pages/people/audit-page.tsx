import { getRouteApi } from '@tanstack/react-router';
import { Answer, Page } from '../../ui/page.tsx';
import { AuditView } from './audit-view.tsx';
import { useOwnGroup } from './group-query.ts';
import { OnlyManagers } from './only-managers.tsx';
import { manages } from './permissions.ts';

const route = getRouteApi('/signed-in/$group/audit');

/** Who changed what in the group. */
export function AuditPage() {
  const filter = route.useSearch();
  const { group: id } = route.useParams();
  const navigate = route.useNavigate();
  const { query, own } = useOwnGroup();
  return (
    <Page title="Audit trail">
      <Answer query={query}>
        {(group) =>
          manages(own(group)) ? (
            <AuditView
              group={id}
              filter={filter}
              onFilter={(search) => void navigate({ search, replace: true })}
            />
          ) : (
            <OnlyManagers group={group} what="who changed what" />
          )
        }
      </Answer>
    </Page>
  );
}

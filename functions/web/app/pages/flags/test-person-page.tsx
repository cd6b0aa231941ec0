import { getRouteApi, Link } from '@tanstack/react-router';
import { useGroup } from '../../data/use-group.ts';
import { Page } from '../../ui/page.tsx';
import { TestPerson } from './test-person.tsx';

const route = getRouteApi('/signed-in/$group/flags/test');

/** What every flag is for somebody, and why. */
export function TestPersonPage() {
  const group = useGroup();
  const { id } = route.useSearch();
  const navigate = route.useNavigate();
  return (
    <Page
      title="Test a person"
      above={
        <Link to="/$group/flags" params={{ group }} search={{}}>
          Feature flags
        </Link>
      }
    >
      <TestPerson id={id} onId={(next) => void navigate({ search: { id: next } })} />
    </Page>
  );
}

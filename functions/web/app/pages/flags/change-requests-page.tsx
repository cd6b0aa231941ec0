import { Page } from '../../ui/page.tsx';

export function ChangeRequestsPage() {
  return <Page title="ChangeRequests">TODO</Page>;
}

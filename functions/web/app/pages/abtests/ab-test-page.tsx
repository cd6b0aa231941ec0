import { Page } from '../../ui/page.tsx';

export function AbTestPage() {
  return <Page title="AbTest">TODO</Page>;
}

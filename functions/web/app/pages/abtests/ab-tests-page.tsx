import { Page } from '../../ui/page.tsx';

export function AbTestsPage() {
  return <Page title="AbTests">TODO</Page>;
}

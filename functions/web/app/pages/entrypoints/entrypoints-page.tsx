import { Page } from '../../ui/page.tsx';

export function EntrypointsPage() {
  return <Page title="Entrypoints">TODO</Page>;
}

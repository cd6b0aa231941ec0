import { Page } from '../../ui/page.tsx';

export function EntrypointPage() {
  return <Page title="Entrypoint">TODO</Page>;
}

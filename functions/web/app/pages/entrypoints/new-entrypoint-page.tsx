import { Page } from '../../ui/page.tsx';

export function NewEntrypointPage() {
  return <Page title="NewEntrypoint">TODO</Page>;
}

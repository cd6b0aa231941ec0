import { Page } from '../../ui/page.tsx';

export function PluginPage() {
  return <Page title="Plugin">TODO</Page>;
}

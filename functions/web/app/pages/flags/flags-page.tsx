import { Page } from '../../ui/page.tsx';

export function FlagsPage() {
  return <Page title="Flags">TODO</Page>;
}

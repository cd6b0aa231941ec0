import { Page } from '../../ui/page.tsx';

export function NewAbTestPage() {
  return <Page title="NewAbTest">TODO</Page>;
}

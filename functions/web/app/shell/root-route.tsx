import type { QueryClient } from '@tanstack/react-query';
import { createRootRouteWithContext, Outlet } from '@tanstack/react-router';
import { ErrorNote, Page } from '../ui/page.tsx';

export interface RouterContext {
  readonly queries: QueryClient;
}

/** The outermost of all pages: those of people who are signed in, and those of strangers. */
export const rootRoute = createRootRouteWithContext<RouterContext>()({
  component: Outlet,
  notFoundComponent: NotFound,
  errorComponent: ({ error }) => (
    <main className="alone">
      <ErrorNote error={error} onRetry={() => window.location.reload()} />
    </main>
  ),
});

export function NotFound() {
  return (
    <main className="alone">
      <Page title="Not found">
        <p>
          There is no page at this address. <a href="/ui/">To the start</a>
        </p>
      </Page>
    </main>
  );
}

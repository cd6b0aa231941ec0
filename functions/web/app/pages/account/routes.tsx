import { createRoute, lazyRouteComponent, redirect } from '@tanstack/react-router';
import { textOf, withoutUnset, wordOf } from '../../data/search-params.ts';
import { signedInRoute } from '../../shell/group-route.tsx';
import { rootRoute } from '../../shell/root-route.tsx';
import { type AuditSearch, auditSearch } from '../people/people-search.ts';
import { keepInvitation } from './invitation.ts';
import { SignInPage } from './sign-in-page.tsx';
import { ACCOUNT_TABS, type AccountTab, ADMIN_TABS, type AdminTab } from './tabs.ts';

const signInRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/sign-in',
  validateSearch: (
    search,
  ): { readonly next?: string | undefined; readonly changed?: true | undefined } =>
    withoutUnset({
      next: textOf(search, 'next'),
      changed: search.changed === true ? true : undefined,
    }),
  component: SignInPage,
});

const registerRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/register',
  validateSearch: (search): { readonly invitation?: string | undefined } =>
    withoutUnset({ invitation: textOf(search, 'invitation', 200) }),
  beforeLoad: ({ search: { invitation } }) => {
    if (invitation === undefined) return;
    // Secrets do not stay in addresses, which are kept, shown and sent along.
    keepInvitation(invitation);
    throw redirect({ to: '/register', search: {}, replace: true });
  },
  component: lazyRouteComponent(() => import('./register-page.tsx'), 'RegisterPage'),
});

const accountRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: '/account',
  validateSearch: (search): { readonly tab?: AccountTab | undefined } =>
    withoutUnset({ tab: wordOf(search, 'tab', ACCOUNT_TABS) }),
  component: lazyRouteComponent(() => import('./account-page.tsx'), 'AccountPage'),
});

interface AdminSearch extends AuditSearch {
  readonly tab?: AdminTab | undefined;
  readonly search?: string | undefined;
}

const adminRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: '/admin',
  validateSearch: (search): AdminSearch => ({
    ...auditSearch(search),
    ...withoutUnset({
      tab: wordOf(search, 'tab', ADMIN_TABS),
      search: textOf(search, 'search', 200),
    }),
  }),
  component: lazyRouteComponent(() => import('./admin-page.tsx'), 'AdminPage'),
});

/** Pages of strangers, and those of one person whatever the group. */
export const strangerRoutes = [signInRoute, registerRoute] as const;
export const accountRoutes = [accountRoute, adminRoute] as const;

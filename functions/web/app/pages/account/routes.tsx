import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { textOf, withoutUnset } from '../../data/search-params.ts';
import { signedInRoute } from '../../shell/group-route.tsx';
import { rootRoute } from '../../shell/root-route.tsx';
import { SignInPage } from './sign-in-page.tsx';

const signInRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/sign-in',
  validateSearch: (search): { readonly next?: string | undefined } =>
    withoutUnset({ next: textOf(search, 'next') }),
  component: SignInPage,
});

const registerRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/register',
  validateSearch: (search): { readonly invitation?: string | undefined } =>
    withoutUnset({ invitation: textOf(search, 'invitation') }),
  component: lazyRouteComponent(() => import('./register-page.tsx'), 'RegisterPage'),
});

const accountRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: '/account',
  component: lazyRouteComponent(() => import('./account-page.tsx'), 'AccountPage'),
});

const adminRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: '/admin',
  component: lazyRouteComponent(() => import('./admin-page.tsx'), 'AdminPage'),
});

/** Pages of strangers, and those of one person whatever the group. */
export const strangerRoutes = [signInRoute, registerRoute] as const;
export const accountRoutes = [accountRoute, adminRoute] as const;

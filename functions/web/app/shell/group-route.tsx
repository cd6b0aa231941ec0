import { createRoute, notFound, redirect } from '@tanstack/react-router';
import { groupsQuery, sessionQuery } from '../data/session.ts';
import { keepGroup, keptGroup } from './kept.ts';
import { rootRoute } from './root-route.tsx';
import { Shell } from './shell.tsx';

/** Whoever is not signed in is sent to do so, and comes back. */
export const signedInRoute = createRoute({
  getParentRoute: () => rootRoute,
  id: 'signed-in',
  component: Shell,
  beforeLoad: async ({ context, location }) => {
    const session = await context.queries.ensureQueryData(sessionQuery);
    if (session.username === null) {
      throw redirect({ to: '/sign-in', search: { next: location.href } });
    }
  },
});

/** The start: the group that was looked at last. */
export const startRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: '/',
  beforeLoad: async ({ context }) => {
    const groups = await context.queries.ensureQueryData(groupsQuery);
    const kept = keptGroup();
    const group = groups.find(({ id }) => id === kept) ?? groups[0];
    if (group === undefined) throw redirect({ to: '/account' });
    throw redirect({ to: '/$group', params: { group: group.id } });
  },
});

/** Every page of a group has its id first in its address: links name the group that they are of. */
export const groupRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: '$group',
  params: {
    parse: ({ group }) => {
      const id = Number(group);
      if (!Number.isSafeInteger(id) || id < 1) throw notFound();
      return { group: id };
    },
    stringify: ({ group }) => ({ group: String(group) }),
  },
  onEnter: ({ params }) => keepGroup(params.group),
});

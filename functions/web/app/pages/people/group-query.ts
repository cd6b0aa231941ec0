import { queryOptions, useQuery } from '@tanstack/react-query';
import { answerOf, dioptra } from '../../data/api.ts';
import { type Group, sessionQuery } from '../../data/session.ts';
import { useGroup } from '../../data/use-group.ts';
import { type Flags, flagsOf, NOBODY } from './permissions.ts';

export const groupQuery = (id: number) =>
  queryOptions({
    queryKey: ['group', id],
    queryFn: () => answerOf(dioptra.GET('/groups/{id}', { params: { path: { id } } })),
  });

export const accountsQuery = (id: number) =>
  queryOptions({
    queryKey: ['group', id, 'serviceAccounts'],
    queryFn: () =>
      answerOf(dioptra.GET('/groups/{id}/serviceAccounts', { params: { path: { id } } })).then(
        ({ data }) => data,
      ),
  });

export const invitationsQuery = (id: number) =>
  queryOptions({
    queryKey: ['group', id, 'invitations'],
    queryFn: () =>
      answerOf(dioptra.GET('/groups/{id}/invitations', { params: { path: { id } } })).then(
        ({ data }) => data,
      ),
  });

/** Everybody whom the caller may know; a thousand at most. */
export const acquaintancesQuery = queryOptions({
  queryKey: ['people'],
  queryFn: () =>
    answerOf(dioptra.GET('/users', { params: { query: { pageLength: 1000 } } })).then(
      ({ data }) => data,
    ),
});

/** The group of the page, and what whoever looks at it may do there. */
export function useOwnGroup() {
  const query = useQuery(groupQuery(useGroup()));
  const session = useQuery(sessionQuery);
  const self = session.data?.id ?? 0;
  const own = (group: Group): Flags => (self === 0 ? NOBODY : flagsOf(group, self));
  return { query, self, own, session: session.data };
}

export const limitsQuery = (id: number) =>
  queryOptions({
    queryKey: ['group', id, 'limits'],
    queryFn: () => answerOf(dioptra.GET('/groups/{id}/limits', { params: { path: { id } } })),
  });

export const accountTokensQuery = (id: number, accountId: number) =>
  queryOptions({
    queryKey: ['group', id, 'serviceAccounts', accountId, 'tokens'],
    queryFn: () =>
      answerOf(
        dioptra.GET('/groups/{id}/serviceAccounts/{accountId}/tokens', {
          params: { path: { id, accountId } },
        }),
      ).then(({ data }) => data),
  });

import { queryOptions } from '@tanstack/react-query';
import { answerOf, type DioptraAnswer, dioptra } from './api.ts';
import { apiError } from './api-error.ts';

/** Who uses this page, and what this deployment lets strangers do. */
export interface Session {
  /** `null` while nobody is signed in. */
  readonly username: string | null;
  readonly id: number | null;
  readonly administrator: boolean;
  readonly registration: 'open' | 'invite' | 'closed';
  readonly version: string;
}

export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: async (): Promise<Session> => {
    const response = await fetch('/ui/session');
    const answer: unknown = await response.json().catch(() => undefined);
    if (!response.ok) throw apiError(response, answer);
    return answer as Session;
  },
  staleTime: 60_000,
  // Somebody else may have signed in since, in another window.
  refetchOnWindowFocus: 'always',
});

export type Group = DioptraAnswer<'listGroups'>['data'][number];

/** The groups of whoever is signed in; a thousand at most. */
export const groupsQuery = queryOptions({
  queryKey: ['groups'],
  queryFn: () =>
    answerOf(dioptra.GET('/groups', { params: { query: { pageLength: 1000 } } })).then(
      ({ data }) => data,
    ),
  staleTime: 60_000,
});

export const signIn = (username: string, password: string) =>
  answerOf(dioptra.POST('/auth/login', { body: { username, password } }));

export const signOut = () =>
  answerOf(dioptra.POST('/auth/logout', { params: { query: { everywhere: false } } }));

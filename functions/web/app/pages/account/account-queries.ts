import { queryOptions } from '@tanstack/react-query';
import { answerOf, type DioptraAnswer, dioptra } from '../../data/api.ts';

export type Person = DioptraAnswer<'getCurrentUser'>;
export type Token = DioptraAnswer<'listTokens'>['data'][number];

export const personQuery = queryOptions({
  queryKey: ['account', 'person'],
  queryFn: () => answerOf(dioptra.GET('/users/current')),
});

/** Personal tokens and PostHog's keys are of one kind, and in one list. */
export const tokensQuery = queryOptions({
  queryKey: ['account', 'tokens'],
  queryFn: () => answerOf(dioptra.GET('/users/current/tokens')).then(({ data }) => data),
});

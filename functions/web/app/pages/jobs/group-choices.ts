import { queryOptions } from '@tanstack/react-query';
import { answerOf, dioptra } from '../../data/api.ts';

/** As many as one call gives: lists to choose from are no longer. */
const MOST = 1000;
const named = (group: number) =>
  ({ params: { query: { groupId: group, pageLength: MOST } } }) as const;

/** The queues of a group, to choose one of. */
export const queuesQuery = (group: number) =>
  queryOptions({
    queryKey: ['queues', group],
    queryFn: () => answerOf(dioptra.GET('/queues', named(group))).then(({ data }) => data),
  });

/** The experiments of a group, to choose one of; the newest first. */
export const experimentChoices = (group: number) =>
  queryOptions({
    queryKey: ['experiments', group, 'choices'],
    queryFn: () =>
      answerOf(
        dioptra.GET('/experiments', {
          params: {
            query: { groupId: group, pageLength: MOST, sortBy: 'createdOn', descending: true },
          },
        }),
      ).then(({ data }) => data),
    staleTime: 30_000,
  });

/** The entrypoints of a group, to choose one of. */
export const entrypointChoices = (group: number) =>
  queryOptions({
    queryKey: ['entrypoints', group, 'choices'],
    queryFn: () => answerOf(dioptra.GET('/entrypoints', named(group))).then(({ data }) => data),
    staleTime: 30_000,
  });

import { queryOptions } from '@tanstack/react-query';
import { answerOf, type DioptraAnswer, dioptra } from '../../data/api.ts';

export type ParameterType = DioptraAnswer<'getPluginParameterType'>;

/** All types of a group, those that are built in first. */
export const typesQuery = (group: number) =>
  queryOptions({
    queryKey: ['parameterTypes', group, 'all'],
    queryFn: () =>
      answerOf(
        dioptra.GET('/pluginParameterTypes', {
          params: { query: { groupId: group, pageLength: 1000, sortBy: 'createdOn' } },
        }),
      ).then(({ data }) => data),
  });

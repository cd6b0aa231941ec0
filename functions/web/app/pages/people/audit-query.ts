import { infiniteQueryOptions } from '@tanstack/react-query';
import { answerOf, dioptra } from '../../data/api.ts';

const PAGE = 200;

/** The trail of a group or, without one, of the deployment, newest first, page by page. */
export const auditQuery = (group: number | undefined) =>
  infiniteQueryOptions({
    queryKey: ['audit', group ?? 'deployment'],
    queryFn: ({ pageParam }) => {
      const query = { pageLength: PAGE, ...(pageParam !== '' && { pageToken: pageParam }) };
      return group === undefined
        ? answerOf(dioptra.GET('/audit', { params: { query } }))
        : answerOf(dioptra.GET('/groups/{id}/audit', { params: { path: { id: group }, query } }));
    },
    initialPageParam: '',
    getNextPageParam: ({ nextPageToken }) => nextPageToken,
    staleTime: 30_000,
  });

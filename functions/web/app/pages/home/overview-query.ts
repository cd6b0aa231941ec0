import { queryOptions } from '@tanstack/react-query';
import { answerOf, type DioptraAnswer, dioptra } from '../../data/api.ts';

export type Overview = DioptraAnswer<'getGroupOverview'>;

const BUSY_MS = 5_000;
const IDLE_MS = 30_000;

const isBusy = ({ jobs, storage }: Overview): boolean =>
  jobs.running + jobs.queued > 0 || storage?.measuring === true;

/** What goes on in the group: counts of jobs, pools, limits, the use of the month, files. */
export const overviewQuery = (group: number) =>
  queryOptions({
    queryKey: ['overview', group],
    queryFn: () =>
      answerOf(dioptra.GET('/groups/{id}/overview', { params: { path: { id: group } } })),
    refetchInterval: ({ state }) =>
      state.data !== undefined && isBusy(state.data) ? BUSY_MS : IDLE_MS,
  });

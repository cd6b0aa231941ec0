import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { answerOf, dioptra } from '../../data/api.ts';
import { isNotFound } from '../../data/api-error.ts';
import { isUnsettled } from './job-state.ts';
import type { Job } from './job-types.ts';
import { type JobsSearch, searchText } from './jobs-search.ts';

const PAGE = 100;
/** More than so many pages are not read again and again. */
const POLLED_PAGES = 5;
/** While something runs, and while nothing does: another may submit at any time. */
const BUSY_MS = 3_000;
const IDLE_MS = 20_000;

/** The jobs of a group, or of an experiment, that a search finds; page by page. */
export const jobsQuery = (group: number, search: JobsSearch) =>
  infiniteQueryOptions({
    queryKey: ['jobs', group, search],
    initialPageParam: 0,
    queryFn: ({ pageParam: index }) => {
      const text = searchText(search);
      const query = {
        index,
        pageLength: PAGE,
        ...(text !== undefined && { search: text }),
        sortBy: search.sort ?? 'id',
        descending: search.up !== true,
      } as const;
      const { experiment } = search;
      if (experiment === undefined) {
        return answerOf(dioptra.GET('/jobs', { params: { query: { ...query, groupId: group } } }));
      }
      const params = { path: { id: experiment }, query };
      return answerOf(dioptra.GET('/experiments/{id}/jobs', { params }));
    },
    getNextPageParam: (last) => (last.isComplete ? undefined : last.index + PAGE),
    refetchInterval: ({ state }) => {
      const pages = state.data?.pages ?? [];
      if (pages.length > POLLED_PAGES) return false;
      const jobs = pages.flatMap(({ data }) => data);
      return jobs.some(({ status }) => isUnsettled(status)) ? BUSY_MS : IDLE_MS;
    },
  });

export const jobQuery = (id: number) =>
  queryOptions({
    queryKey: ['job', id],
    queryFn: () => answerOf(dioptra.GET('/jobs/{id}', { params: { path: { id } } })),
    // What is not there is not asked for again and again.
    refetchInterval: ({ state }) => {
      if (isNotFound(state.error)) return false;
      return state.data === undefined || isUnsettled(state.data.status) ? 2_000 : false;
    },
  });

/** Its versions, one for each change of its state; read anew when there is another. */
export const snapshotsQuery = (job: Job) =>
  queryOptions({
    queryKey: ['job', job.id, 'snapshots', job.snapshot],
    queryFn: () =>
      answerOf(
        dioptra.GET('/jobs/{id}/snapshots', {
          params: { path: { id: job.id }, query: { pageLength: 1000 } },
        }),
      ).then(({ data }) => data),
    staleTime: Number.POSITIVE_INFINITY,
    placeholderData: (before) => before,
  });

/** The tracking run that a job writes to; each attempt has one of its own. */
export const jobRunQuery = (job: Job) =>
  queryOptions({
    queryKey: ['job', job.id, 'run', job.attempt, job.status],
    queryFn: () =>
      answerOf(dioptra.GET('/jobs/{id}/mlflowRun', { params: { path: { id: job.id } } })).then(
        ({ mlflowRunId }) => mlflowRunId,
      ),
    placeholderData: (before) => before,
  });

export const jobMetricsQuery = (job: Job) =>
  queryOptions({
    queryKey: ['job', job.id, 'metrics', job.snapshot],
    queryFn: () =>
      answerOf(dioptra.GET('/jobs/{id}/metrics', { params: { path: { id: job.id } } })),
    refetchInterval: isUnsettled(job.status) ? 5_000 : false,
    placeholderData: (before) => before,
  });

export const artifactQuery = (id: number) =>
  queryOptions({
    queryKey: ['artifact', id],
    queryFn: () => answerOf(dioptra.GET('/artifacts/{id}', { params: { path: { id } } })),
    staleTime: 60_000,
  });

/** An entrypoint as it was when a job was submitted; versions never change. */
export const entrypointVersionQuery = (id: number, snapshotId: number) =>
  queryOptions({
    queryKey: ['entrypoint', id, 'snapshot', snapshotId],
    queryFn: () =>
      answerOf(
        dioptra.GET('/entrypoints/{id}/snapshots/{snapshotId}', {
          params: { path: { id, snapshotId } },
        }),
      ),
    enabled: id > 0,
    staleTime: Number.POSITIVE_INFINITY,
  });

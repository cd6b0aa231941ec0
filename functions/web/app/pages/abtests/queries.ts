import { keepPreviousData, type QueryClient, queryOptions } from '@tanstack/react-query';
import { answerOf, posthog } from '../../data/api.ts';
import type { Metric } from './metric.ts';
import type { Measured } from './model.ts';

/** The API names projects by text. */
export const projectOf = (group: number): string => String(group);

export const abTestsKey = (group: number) => ['ab-tests', group] as const;
export const abTestKey = (group: number, id: number) => ['ab-test', group, id] as const;

export interface ListAsked {
  readonly status?: string | undefined;
  readonly search?: string | undefined;
  readonly archived?: boolean | undefined;
  readonly order?: string | undefined;
  readonly limit?: number | undefined;
}

export const abTestsQuery = (group: number, asked: ListAsked) =>
  queryOptions({
    queryKey: [...abTestsKey(group), asked],
    queryFn: () =>
      answerOf(
        posthog.GET('/api/projects/{project}/experiments', {
          params: {
            path: { project: projectOf(group) },
            query: {
              limit: String(asked.limit ?? 100),
              ...(asked.status !== undefined && { status: asked.status }),
              ...(asked.search !== undefined && { search: asked.search }),
              ...(asked.archived === true && { archived: 'true' }),
              ...(asked.order !== undefined && { order: asked.order }),
            },
          },
        }),
      ),
    placeholderData: keepPreviousData,
  });

// Types are those of what the client answers: it leaves out members that are always null.
const readAbTest = (group: number, id: number) =>
  answerOf(
    posthog.GET('/api/projects/{project}/experiments/{id}', {
      params: { path: { project: projectOf(group), id } },
    }),
  );
export type Experiment = Awaited<ReturnType<typeof readAbTest>>;

export const abTestQuery = (group: number, id: number) =>
  queryOptions({
    queryKey: abTestKey(group, id),
    queryFn: () => readAbTest(group, id),
  });

const ask = (group: number, query: object, force: boolean) =>
  answerOf(
    posthog.POST('/api/projects/{project}/query', {
      params: { path: { project: projectOf(group) } },
      body: { query: query as never, refresh: force ? 'force_blocking' : 'blocking' },
    }),
  );

type Answered = Awaited<ReturnType<typeof ask>>;
export type Result = Extract<Answered, { kind: 'ExperimentQuery' }>;
export type Exposures = Extract<Answered, { kind: 'ExperimentExposureQuery' }>;

const askResult = async (
  group: number,
  experiment: number,
  metric: Metric,
  force = false,
): Promise<Result> =>
  (await ask(
    group,
    { kind: 'ExperimentQuery', experiment_id: experiment, metric },
    force,
  )) as Result;

const RESULT_MS = 60_000;

/** What the events say of a metric by now; `version` changes with what the result depends on. */
export const resultQuery = (group: number, experiment: number, measured: Measured) =>
  queryOptions({
    queryKey: [
      'ab-test-result',
      group,
      experiment,
      measured.id,
      measured.metric.fingerprint ?? JSON.stringify(measured.metric),
    ],
    queryFn: () => askResult(group, experiment, measured.metric),
    staleTime: RESULT_MS,
  });

/** Has a result worked out anew, whatever is kept of it, for all who show it. */
export async function renewResult(
  queries: QueryClient,
  group: number,
  experiment: number,
  measured: Measured,
): Promise<void> {
  const result = await askResult(group, experiment, measured.metric, true);
  queries.setQueryData(resultQuery(group, experiment, measured).queryKey, result);
}

export const exposuresQuery = (group: number, experiment: number) =>
  queryOptions({
    queryKey: ['ab-test-exposures', group, experiment],
    queryFn: async () =>
      (await ask(
        group,
        { kind: 'ExperimentExposureQuery', experiment_id: experiment },
        false,
      )) as Exposures,
    staleTime: RESULT_MS,
  });

const readSeries = (group: number, id: number, metric: Metric) =>
  answerOf(
    posthog.GET('/api/projects/{project}/experiments/{id}/timeseries_results', {
      params: {
        path: { project: projectOf(group), id },
        query: { metric_uuid: metric.uuid ?? '', fingerprint: metric.fingerprint ?? '' },
      },
    }),
  );
export type SeriesAnswer = Awaited<ReturnType<typeof readSeries>>;

export const seriesQuery = (group: number, id: number, { metric }: Measured) =>
  queryOptions({
    queryKey: ['ab-test-series', group, id, metric.uuid, metric.fingerprint],
    queryFn: () => readSeries(group, id, metric),
  });

const readProject = (group: number) =>
  answerOf(
    posthog.GET('/api/projects/{project}', {
      params: { path: { project: projectOf(group) } },
    }),
  );
export type Project = Awaited<ReturnType<typeof readProject>>;

export const projectQuery = (group: number) =>
  queryOptions({
    queryKey: ['project', group],
    queryFn: () => readProject(group),
    staleTime: 60_000,
  });

const readHoldouts = (group: number) =>
  answerOf(
    posthog.GET('/api/projects/{project}/experiment_holdouts', {
      params: { path: { project: projectOf(group) }, query: { limit: '1000' } },
    }),
  );
export type Holdout = Awaited<ReturnType<typeof readHoldouts>>['results'][number];

export const holdoutsQuery = (group: number) =>
  queryOptions({
    queryKey: ['holdouts', group],
    queryFn: () => readHoldouts(group),
  });

const readSavedMetrics = (group: number) =>
  answerOf(
    posthog.GET('/api/projects/{project}/experiment_saved_metrics', {
      params: { path: { project: projectOf(group) }, query: { limit: '1000' } },
    }),
  );
export type SavedMetric = Awaited<ReturnType<typeof readSavedMetrics>>['results'][number];

export const savedMetricsQuery = (group: number) =>
  queryOptions({
    queryKey: ['saved-metrics', group],
    queryFn: () => readSavedMetrics(group),
  });

export const statsQuery = (group: number) =>
  queryOptions({
    queryKey: [...abTestsKey(group), 'stats'],
    queryFn: () =>
      answerOf(
        posthog.GET('/api/projects/{project}/experiments/stats', {
          params: { path: { project: projectOf(group) } },
        }),
      ),
  });

export const eligibleFlagsQuery = (group: number, search: string) =>
  queryOptions({
    queryKey: ['eligible-flags', group, search],
    queryFn: () =>
      answerOf(
        posthog.GET('/api/projects/{project}/experiments/eligible_feature_flags', {
          params: {
            path: { project: projectOf(group) },
            query: { limit: '100', ...(search !== '' && { search }) },
          },
        }),
      ),
    placeholderData: keepPreviousData,
  });

import { queryOptions } from '@tanstack/react-query';
import { answerOf, dioptra, mlflow, posthog } from '../../data/api.ts';
import { inGroup } from '../../data/workspace.ts';

/** As many as a home page has room for. */
const FEW = 8;
/** In so many experiments, those changed last, runs are looked for. */
const EXPERIMENTS = 100;

/** Jobs in a state, those that changed last first. */
export const jobsInState = (group: number, status: 'started' | 'failed') =>
  queryOptions({
    queryKey: ['jobs', group, 'home', status],
    queryFn: () =>
      answerOf(
        dioptra.GET('/jobs', {
          params: {
            query: {
              groupId: group,
              search: `status:${status}`,
              sortBy: 'lastModifiedOn',
              descending: true,
              pageLength: 2 * FEW,
            },
          },
        }),
      ),
    refetchInterval: status === 'started' ? 5_000 : 30_000,
  });

/** The experiments of the group as MLflow's clients see them, those that changed last first. */
export const homeExperiments = (group: number) =>
  queryOptions({
    queryKey: ['experiments', group, 'home'],
    queryFn: () =>
      answerOf(
        mlflow.POST('/api/2.0/mlflow/experiments/search', {
          body: { max_results: EXPERIMENTS, order_by: ['last_update_time DESC'] },
          ...inGroup(group),
        }),
      ).then(({ experiments = [] }) => experiments),
    staleTime: 30_000,
  });

const runsOf = async (group: number, ids: readonly string[], filter: string, most: number) =>
  answerOf(
    mlflow.POST('/api/2.0/mlflow/runs/search', {
      body: {
        experiment_ids: [...ids],
        filter,
        max_results: most,
        order_by: ['attributes.start_time DESC'],
      },
      ...inGroup(group),
    }),
  ).then(({ runs = [] }) => runs);

/** The runs that began last, whatever came of them. */
export const latestRuns = (group: number, ids: readonly string[]) =>
  queryOptions({
    queryKey: ['runs', group, 'home', 'latest', ids],
    queryFn: () => runsOf(group, ids, '', FEW),
    enabled: ids.length > 0,
    refetchInterval: 30_000,
  });

/** Runs that are under way, those of jobs among them. */
export const runningRuns = (group: number, ids: readonly string[]) =>
  queryOptions({
    queryKey: ['runs', group, 'home', 'running', ids],
    queryFn: () => runsOf(group, ids, "attributes.status = 'RUNNING'", 3 * FEW),
    enabled: ids.length > 0,
    refetchInterval: 10_000,
  });

/** Runs that failed and began after a moment. */
export const failedRuns = (group: number, ids: readonly string[], since: number) =>
  queryOptions({
    queryKey: ['runs', group, 'home', 'failed', ids, since],
    queryFn: () =>
      runsOf(
        group,
        ids,
        `attributes.status = 'FAILED' AND attributes.end_time >= ${since}`,
        3 * FEW,
      ),
    enabled: ids.length > 0,
    refetchInterval: 30_000,
  });

/** A/B tests that run now. */
export const runningTests = (group: number) =>
  queryOptions({
    queryKey: ['ab-tests', group, 'home'],
    queryFn: () =>
      answerOf(
        posthog.GET('/api/projects/{project}/experiments', {
          params: { path: { project: String(group) }, query: { status: 'running', limit: FEW } },
        }),
      ),
    staleTime: 30_000,
  });

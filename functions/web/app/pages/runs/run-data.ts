import { queryOptions } from '@tanstack/react-query';
import { answerOf, type MlflowAnswer, mlflow } from '../../data/api.ts';
import { isNotFound } from '../../data/api-error.ts';
import type { ChartRun } from './charts/chart-run.ts';

export type Run = MlflowAnswer<'getRun'>['run'];
export type RunStatus = Run['info']['status'];

/** Where a run says since when it is locked. */
export const LOCKED_TAG = 'assay.lockedOn';
export const NOTE_TAG = 'mlflow.note.content';
export const PARENT_TAG = 'mlflow.parentRunId';
const JOB_TAG = 'dioptra.jobId';
const POLL_MS = 4_000;

export const idOf = (run: Run): string => run.info.run_id;
export const nameOf = (run: Run): string => run.info.run_name || run.info.run_id;
export const isUnderWay = (run: Run): boolean =>
  run.info.status === 'RUNNING' || run.info.status === 'SCHEDULED';
export const isDeleted = (run: Run): boolean => run.info.lifecycle_stage === 'deleted';
export const isLocked = (run: Run): boolean => tagOf(run, LOCKED_TAG) !== undefined;

export const tagOf = (run: Run, key: string): string | undefined =>
  run.data.tags?.find((tag) => tag.key === key)?.value;

/** The job that the run is of. */
export function jobOf(run: Run): number | undefined {
  const id = Number(tagOf(run, JOB_TAG));
  return Number.isSafeInteger(id) && id > 0 ? id : undefined;
}

/** Tags that people set: what the page shows at another place, and what clients note for themselves, left out. */
export const isOwnTag = (key: string): boolean =>
  !key.startsWith('mlflow.') && !key.startsWith('assay.') && !key.startsWith('dioptra.');

export const sourceOf = (run: Run): string | undefined => tagOf(run, 'mlflow.source.name');
export const userOf = (run: Run): string | undefined =>
  tagOf(run, 'mlflow.user') ?? (run.info.user_id || undefined);

/** What charts need of a run. */
export const chartRun = (run: Run): ChartRun => ({
  id: idOf(run),
  name: nameOf(run),
  start: run.info.start_time,
  status: run.info.status,
  underWay: isUnderWay(run),
  metrics: new Map((run.data.metrics ?? []).map(({ key, value }) => [key, Number(value)])),
  params: new Map((run.data.params ?? []).map(({ key, value }) => [key, value])),
});

const getRun = (id: string): Promise<Run> =>
  answerOf(mlflow.GET('/api/2.0/mlflow/runs/get', { params: { query: { run_id: id } } })).then(
    ({ run }) => run,
  );

export const runQuery = (id: string) =>
  queryOptions({
    queryKey: ['run', id],
    queryFn: () => getRun(id),
    refetchInterval: ({ state }) =>
      state.data !== undefined && isUnderWay(state.data) ? POLL_MS : false,
  });

/** What is found of some runs, in their order, and which were not found. */
export interface FoundRuns {
  readonly runs: readonly Run[];
  readonly missing: readonly string[];
}

/** Ids that the page has checked when it read them from its address: no quotes are among them. */
const searchById = (experiment: string, ids: readonly string[]): Promise<readonly Run[]> =>
  answerOf(
    mlflow.POST('/api/2.0/mlflow/runs/search', {
      body: {
        experiment_ids: [experiment],
        filter: `attributes.run_id IN (${ids.map((id) => `'${id}'`).join(', ')})`,
        run_view_type: 'ALL',
        max_results: ids.length,
      },
    }),
  ).then(({ runs }) => runs ?? []);

/** A run that is gone must not hide the others. */
const getRunIfThere = (id: string): Promise<Run | undefined> =>
  getRun(id).catch((error: unknown) => {
    if (isNotFound(error)) return undefined;
    throw error;
  });

/** Runs that are compared are mostly of one experiment: one call for all of them, and one for each that is not. */
async function getRuns(ids: readonly string[]): Promise<FoundRuns> {
  const found = new Map<string, Run>();
  const rest = [...ids];
  for (let id = rest.shift(); id !== undefined; id = rest.shift()) {
    if (found.has(id)) continue;
    const run = await getRunIfThere(id);
    if (run === undefined) continue;
    found.set(id, run);
    const others = rest.filter((each) => !found.has(each));
    if (others.length === 0) break;
    for (const each of await searchById(run.info.experiment_id, others))
      found.set(idOf(each), each);
  }
  return {
    runs: ids.flatMap((id) => found.get(id) ?? []),
    missing: ids.filter((id) => !found.has(id)),
  };
}

export const runsQuery = (ids: readonly string[]) =>
  queryOptions({
    queryKey: ['runs', ids],
    queryFn: () => getRuns(ids),
    refetchInterval: ({ state }) => (state.data?.runs.some(isUnderWay) === true ? POLL_MS : false),
  });

export const experimentQuery = (id: string) =>
  queryOptions({
    queryKey: ['experiment-of-run', id],
    queryFn: () =>
      answerOf(
        mlflow.GET('/api/2.0/mlflow/experiments/get', { params: { query: { experiment_id: id } } }),
      ).then(({ experiment }) => experiment),
    staleTime: 60_000,
  });

const MOST_CHILDREN = 200;

/** Runs that name this one as their parent, the latest first. */
export const childrenQuery = (experiment: string, id: string) =>
  queryOptions({
    queryKey: ['run', id, 'children'],
    queryFn: () =>
      answerOf(
        mlflow.POST('/api/2.0/mlflow/runs/search', {
          body: {
            experiment_ids: [experiment],
            filter: `tags.\`${PARENT_TAG}\` = '${id}'`,
            max_results: MOST_CHILDREN,
          },
        }),
      ).then(({ runs }) => runs ?? []),
  });

const call = <Data>(
  request: Promise<{ data?: Data; error?: unknown; response: Response }>,
): Promise<void> => answerOf(request).then(() => undefined);

export const renameRun = (id: string, name: string) =>
  call(mlflow.POST('/api/2.0/mlflow/runs/update', { body: { run_id: id, run_name: name } }));
export const setTag = (id: string, key: string, value: string) =>
  call(mlflow.POST('/api/2.0/mlflow/runs/set-tag', { body: { run_id: id, key, value } }));
export const deleteTag = (id: string, key: string) =>
  call(mlflow.POST('/api/2.0/mlflow/runs/delete-tag', { body: { run_id: id, key } }));
export const lockRun = (id: string) =>
  call(mlflow.POST('/api/2.0/mlflow/runs/lock', { body: { run_id: id } }));
export const unlockRun = (id: string) =>
  call(mlflow.POST('/api/2.0/mlflow/runs/unlock', { body: { run_id: id } }));
export const deleteRun = (id: string) =>
  call(mlflow.POST('/api/2.0/mlflow/runs/delete', { body: { run_id: id } }));
export const restoreRun = (id: string) =>
  call(mlflow.POST('/api/2.0/mlflow/runs/restore', { body: { run_id: id } }));
export const deleteRunForGood = (id: string) =>
  call(mlflow.POST('/api/2.0/mlflow/runs/delete-permanently', { body: { run_id: id } }));

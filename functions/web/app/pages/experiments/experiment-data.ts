import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { answerOf, type MlflowAnswer, type MlflowBody, mlflow } from '../../data/api.ts';
import { inGroup } from '../../data/workspace.ts';
import type { View } from './search.ts';

export type Experiment = MlflowAnswer<'getExperiment'>['experiment'];

export const NOTE_TAG = 'mlflow.note.content';
export const RETENTION_TAG = 'assay.retentionDays';
/** Where Dioptra's API has the experiment. */
const LINK_TAG = 'assay.experiment';

export const VIEW_TYPES = { active: 'ACTIVE_ONLY', deleted: 'DELETED_ONLY', all: 'ALL' } as const;

const PAGE = 100;

interface ExperimentsAsked {
  readonly filter: string;
  readonly view: View;
  readonly orderBy: string;
}

/** Experiments of a group, a page at a time. */
export const experimentsQuery = (group: number, { filter, view, orderBy }: ExperimentsAsked) =>
  infiniteQueryOptions({
    queryKey: ['experiments', group, { filter, view, orderBy }],
    queryFn: ({ pageParam }) => {
      const body: MlflowBody<'searchExperiments'> = {
        filter,
        view_type: VIEW_TYPES[view],
        order_by: [orderBy],
        max_results: PAGE,
        ...(pageParam !== '' && { page_token: pageParam }),
      };
      const call = mlflow.POST('/api/2.0/mlflow/experiments/search', { body, ...inGroup(group) });
      return answerOf(call);
    },
    initialPageParam: '',
    getNextPageParam: ({ next_page_token: token }) => token,
  });

export const experimentQuery = (group: number, id: string) =>
  queryOptions({
    queryKey: ['experiment', group, id],
    queryFn: () =>
      answerOf(
        mlflow.GET('/api/2.0/mlflow/experiments/get', {
          params: { query: { experiment_id: id } },
          ...inGroup(group),
        }),
      ).then(({ experiment }) => experiment),
  });

/** When the latest run of an experiment began; `null` where it has none. */
export const lastRunQuery = (group: number, id: string) =>
  queryOptions({
    queryKey: ['experiment', group, id, 'last-run'],
    queryFn: () =>
      answerOf(
        mlflow.POST('/api/2.0/mlflow/runs/search', {
          body: { experiment_ids: [id], max_results: 1 },
          ...inGroup(group),
        }),
      ).then(({ runs }) => runs?.[0]?.info ?? null),
    staleTime: 60_000,
  });

export const tagOf = ({ tags }: Pick<Experiment, 'tags'>, key: string): string | undefined =>
  tags?.find((tag) => tag.key === key)?.value;

/** Those that people gave: what the server and the clients keep in tags is shown elsewhere. */
export const ownTags = ({ tags }: Pick<Experiment, 'tags'>) =>
  (tags ?? []).filter(({ key }) => key !== NOTE_TAG && key !== RETENTION_TAG && key !== LINK_TAG);

export const createExperiment = (group: number, name: string, note: string) =>
  answerOf(
    mlflow.POST('/api/2.0/mlflow/experiments/create', {
      body: { name, ...(note !== '' && { tags: [{ key: NOTE_TAG, value: note }] }) },
      ...inGroup(group),
    }),
  );

export const renameExperiment = (group: number, id: string, name: string) =>
  answerOf(
    mlflow.POST('/api/2.0/mlflow/experiments/update', {
      body: { experiment_id: id, new_name: name },
      ...inGroup(group),
    }),
  );

const changes = {
  delete: '/api/2.0/mlflow/experiments/delete',
  restore: '/api/2.0/mlflow/experiments/restore',
  remove: '/api/2.0/mlflow/experiments/delete-permanently',
} as const;

/** Deletes, restores, or removes what is deleted for good. */
export const changeExperiment = (group: number, id: string, change: keyof typeof changes) =>
  answerOf(mlflow.POST(changes[change], { body: { experiment_id: id }, ...inGroup(group) }));

export const setExperimentTag = (group: number, id: string, key: string, value: string) =>
  answerOf(
    mlflow.POST('/api/2.0/mlflow/experiments/set-experiment-tag', {
      body: { experiment_id: id, key, value },
      ...inGroup(group),
    }),
  );

export const deleteExperimentTag = (group: number, id: string, key: string) =>
  answerOf(
    mlflow.POST('/api/2.0/mlflow/experiments/delete-experiment-tag', {
      body: { experiment_id: id, key },
      ...inGroup(group),
    }),
  );

import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { answerOf, type MlflowAnswer, mlflow } from '../../data/api.ts';
import { inGroup } from '../../data/workspace.ts';
import type { Tag } from '../../ui/tag-pairs.tsx';

export type Model = MlflowAnswer<'getRegisteredModel'>['registered_model'];
export type Version = NonNullable<MlflowAnswer<'searchModelVersions'>['model_versions']>[number];

const PROMPT_TAG = 'mlflow.prompt.is_prompt';
const TEXT_TAG = 'mlflow.prompt.text';
const IS_PROMPT = `tags.\`${PROMPT_TAG}\` = 'true'`;
const PAGE = 100;

export const STAGES = ['None', 'Staging', 'Production', 'Archived'] as const;

type Tagged = { readonly tags?: readonly Tag[] };

const tagOf = ({ tags }: Tagged, key: string): string | undefined =>
  tags?.find((tag) => tag.key === key)?.value;

export const isPrompt = (one: Tagged): boolean => tagOf(one, PROMPT_TAG)?.toLowerCase() === 'true';
/** What a version of a prompt says. */
export const promptOf = (version: Version): string | undefined => tagOf(version, TEXT_TAG);
/** Those that people gave. */
export const ownTags = ({ tags }: Tagged): readonly Tag[] =>
  (tags ?? []).filter(({ key }) => key !== PROMPT_TAG && key !== TEXT_TAG);

interface ModelsAsked {
  readonly filter: string;
  readonly prompts: boolean;
  readonly orderBy: string;
}

export const modelsQuery = (group: number, { filter, prompts, orderBy }: ModelsAsked) => {
  const also = filter === '' ? IS_PROMPT : `(${filter}) AND ${IS_PROMPT}`;
  return infiniteQueryOptions({
    queryKey: ['models', group, { filter, prompts, orderBy }],
    queryFn: ({ pageParam }) =>
      answerOf(
        mlflow.GET('/api/2.0/mlflow/registered-models/search', {
          params: {
            query: {
              filter: prompts ? also : filter,
              max_results: PAGE,
              order_by: [orderBy],
              ...(pageParam !== '' && { page_token: pageParam }),
            },
          },
          ...inGroup(group),
        }),
      ),
    initialPageParam: '',
    getNextPageParam: ({ next_page_token: token }) => token,
  });
};

export const modelQuery = (group: number, name: string) =>
  queryOptions({
    queryKey: ['model', group, name],
    queryFn: () =>
      answerOf(
        mlflow.GET('/api/2.0/mlflow/registered-models/get', {
          params: { query: { name } },
          ...inGroup(group),
        }),
      ).then(({ registered_model: model }) => model),
  });

/** The filter for a name: one with both quotes is looked for by a pattern. */
function namedFilter(name: string): string {
  const quote = ["'", '"'].find((each) => !name.includes(each));
  if (quote !== undefined) return `name = ${quote}${name}${quote}`;
  return `name LIKE '${name.replaceAll("'", '_')}'`;
}

/** The versions of a model, the newest first. */
export const versionsQuery = (group: number, { name, prompt }: { name: string; prompt: boolean }) =>
  infiniteQueryOptions({
    queryKey: ['model', group, name, 'versions'],
    queryFn: ({ pageParam }) =>
      answerOf(
        mlflow.GET('/api/2.0/mlflow/model-versions/search', {
          params: {
            query: {
              filter: prompt ? `${namedFilter(name)} AND ${IS_PROMPT}` : namedFilter(name),
              max_results: PAGE,
              order_by: ['version_number DESC'],
              ...(pageParam !== '' && { page_token: pageParam }),
            },
          },
          ...inGroup(group),
        }),
      ),
    initialPageParam: '',
    getNextPageParam: ({ next_page_token: token }) => token,
    select: ({ pages }) =>
      pages.flatMap(({ model_versions: some }) => some ?? []).filter((each) => each.name === name),
  });

/** A run, for what it logged; `null` where it is gone. */
export const runOfVersionQuery = (group: number, id: string) =>
  queryOptions({
    queryKey: ['run-of-version', group, id],
    queryFn: () =>
      answerOf(
        mlflow.GET('/api/2.0/mlflow/runs/get', {
          params: { query: { run_id: id } },
          ...inGroup(group),
        }),
      ).then(({ run }) => run),
    enabled: id !== '',
  });

import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { answerOf, posthog } from '../../data/api.ts';
import { projectOf } from '../abtests/queries.ts';

export interface FlagsAsked {
  readonly search?: string | undefined;
  readonly type?: string | undefined;
  readonly active?: string | undefined;
  readonly order?: string | undefined;
}

export const flagsKey = (group: number) => ['flags', group] as const;

export const flagsQuery = (group: number, asked: FlagsAsked) =>
  queryOptions({
    queryKey: [...flagsKey(group), asked],
    queryFn: () =>
      answerOf(
        posthog.GET('/api/projects/{project}/feature_flags', {
          params: {
            path: { project: projectOf(group) },
            query: {
              limit: '1000',
              ...(asked.search !== undefined && { search: asked.search }),
              ...(asked.type !== undefined && { type: asked.type }),
              ...(asked.active !== undefined && { active: asked.active }),
              ...(asked.order !== undefined && { order: asked.order }),
            },
          },
        }),
      ),
    placeholderData: keepPreviousData,
  });

const readFlag = (group: number, id: number) =>
  answerOf(
    posthog.GET('/api/projects/{project}/feature_flags/{id}', {
      params: { path: { project: projectOf(group), id } },
    }),
  );
export type Flag = Awaited<ReturnType<typeof readFlag>>;

export const flagQuery = (group: number, id: number) =>
  queryOptions({
    queryKey: ['flag', group, id],
    queryFn: () => readFlag(group, id),
  });

export const groupTypesQuery = (group: number) =>
  queryOptions({
    queryKey: ['group-types', group],
    queryFn: () =>
      answerOf(
        posthog.GET('/api/projects/{project}/groups_types', {
          params: { path: { project: projectOf(group) } },
        }),
      ),
    staleTime: 60_000,
  });

export const changesKey = (group: number) => ['change-requests', group] as const;

export const changesQuery = (group: number, asked: { state?: string; flag?: string }) =>
  queryOptions({
    queryKey: [...changesKey(group), asked],
    queryFn: () =>
      answerOf(
        posthog.GET('/api/projects/{project}/change_requests', {
          params: {
            path: { project: projectOf(group) },
            query: {
              limit: '500',
              ...(asked.state !== undefined && { state: asked.state }),
              ...(asked.flag !== undefined && { resource_id: asked.flag }),
            },
          },
        }),
      ),
    placeholderData: keepPreviousData,
  });

const readChange = (group: number, id: number) =>
  answerOf(
    posthog.GET('/api/projects/{project}/change_requests/{id}', {
      params: { path: { project: projectOf(group), id } },
    }),
  );
export type ChangeRequest = Awaited<ReturnType<typeof readChange>>;

export const changeQuery = (group: number, id: number) =>
  queryOptions({
    queryKey: [...changesKey(group), id],
    queryFn: () => readChange(group, id),
  });

const readPolicies = (group: number) =>
  answerOf(
    posthog.GET('/api/projects/{project}/approval_policies', {
      params: { path: { project: projectOf(group) } },
    }),
  );
export type Policy = Awaited<ReturnType<typeof readPolicies>>['results'][number];

export const policiesQuery = (group: number) =>
  queryOptions({
    queryKey: ['approval-policies', group],
    queryFn: () => readPolicies(group),
  });

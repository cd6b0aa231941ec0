import { useMutation, useQueryClient } from '@tanstack/react-query';
import { answerOf, type PosthogBody, posthog } from '../../data/api.ts';
import { useGroup } from '../../data/use-group.ts';
import { abTestsKey, projectOf } from '../abtests/queries.ts';
import { changesKey, flagQuery, flagsKey } from './queries.ts';

export type FlagBody = PosthogBody<'changeFeatureFlag'>;

/** Changes a flag, and what is shown of it. A change that waits for approval ends as an error. */
export function useFlagChange(id: number) {
  const group = useGroup();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: FlagBody) =>
      answerOf(
        posthog.PATCH('/api/projects/{project}/feature_flags/{id}', {
          params: { path: { project: projectOf(group), id } },
          body,
        }),
      ),
    onSuccess: (flag) => {
      queries.setQueryData(flagQuery(group, id).queryKey, flag);
      void queries.invalidateQueries({ queryKey: ['ab-test', group] });
      void queries.invalidateQueries({ queryKey: abTestsKey(group) });
    },
    onSettled: () => {
      void queries.invalidateQueries({ queryKey: flagsKey(group) });
      void queries.invalidateQueries({ queryKey: changesKey(group) });
    },
  });
}

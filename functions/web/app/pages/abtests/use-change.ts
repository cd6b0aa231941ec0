import { useMutation, useQueryClient } from '@tanstack/react-query';
import { answerOf, type PosthogBody, posthog } from '../../data/api.ts';
import { useGroup } from '../../data/use-group.ts';
import { useNotices } from '../../ui/notices.tsx';
import type { Metric } from './metric.ts';
import type { Experiment } from './model.ts';
import { abTestKey, abTestsKey, projectOf } from './queries.ts';

export type Changes = Omit<
  PosthogBody<'changeProjectExperiment'>,
  'metrics' | 'metrics_secondary' | 'stats_config' | 'exposure_criteria' | 'saved_metrics_ids'
> & {
  readonly metrics?: readonly Metric[];
  readonly metrics_secondary?: readonly Metric[];
  readonly stats_config?: object;
  readonly exposure_criteria?: object;
  readonly saved_metrics_ids?: readonly object[];
};

/** Keeps what is shown in step with what an experiment became. */
export function useKept() {
  const queries = useQueryClient();
  const group = useGroup();
  return (experiment: Experiment): void => {
    queries.setQueryData(abTestKey(group, experiment.id), experiment);
    void queries.invalidateQueries({ queryKey: abTestsKey(group) });
    void queries.invalidateQueries({ queryKey: ['ab-test-exposures', group, experiment.id] });
    void queries.invalidateQueries({ queryKey: ['ab-test-result', group, experiment.id] });
    void queries.invalidateQueries({ queryKey: ['flags', group] });
    void queries.invalidateQueries({ queryKey: ['flag', group] });
  };
}

/** Changes an experiment; says so when it is done. */
export function useChange({ id }: Pick<Experiment, 'id'>, said: string, after?: () => void) {
  const group = useGroup();
  const keep = useKept();
  const notices = useNotices();
  return useMutation({
    mutationFn: (changes: Changes) =>
      answerOf(
        posthog.PATCH('/api/projects/{project}/experiments/{id}', {
          params: { path: { project: projectOf(group), id } },
          body: changes as PosthogBody<'changeProjectExperiment'>,
        }),
      ),
    onSuccess: (experiment) => {
      keep(experiment);
      notices.done(said);
      after?.();
    },
  });
}

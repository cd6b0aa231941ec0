import { useMutation, useQueryClient } from '@tanstack/react-query';
import { answerOf, posthog } from '../../data/api.ts';
import { useGroup } from '../../data/use-group.ts';
import { Button } from '../../ui/button.tsx';
import { useNotices } from '../../ui/notices.tsx';
import type { Experiment } from './model.ts';
import { abTestKey, projectOf } from './queries.ts';

/** Makes a cohort of those whom the experiment has reached, which conditions of flags may ask about. */
export function CohortButton({ experiment }: { readonly experiment: Experiment }) {
  const group = useGroup();
  const queries = useQueryClient();
  const notices = useNotices();
  const make = useMutation({
    mutationFn: () =>
      answerOf(
        posthog.POST(
          '/api/projects/{project}/experiments/{id}/create_exposure_cohort_for_experiment',
          { params: { path: { project: projectOf(group), id: experiment.id } } },
        ),
      ),
    onSuccess: ({ cohort }) => {
      notices.done(`Those whom it reached are cohort ${cohort.id}.`);
      void queries.invalidateQueries({ queryKey: abTestKey(group, experiment.id) });
    },
    onError: notices.failed,
  });
  return (
    <Button kind="quiet" busy={make.isPending} onClick={() => make.mutate()}>
      Make a cohort of those reached
    </Button>
  );
}

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { answerOf, dioptra } from '../../data/api.ts';
import { eachOf } from '../../data/each-of.ts';
import { useNotices } from '../../ui/notices.tsx';

export const JOB_ACTIONS = ['cancel', 'retry', 'delete'] as const;
export type JobAction = (typeof JOB_ACTIONS)[number];

const pathOf = (id: number) => ({ params: { path: { id } } });
const CALLS: { readonly [action in JobAction]: (id: number) => Promise<unknown> } = {
  cancel: (id) => answerOf(dioptra.POST('/jobs/{id}/cancel', pathOf(id))),
  retry: (id) => answerOf(dioptra.POST('/jobs/{id}/retry', pathOf(id))),
  delete: (id) => answerOf(dioptra.DELETE('/jobs/{id}', pathOf(id))),
};
const DONE: { readonly [action in JobAction]: string } = {
  cancel: 'will be cancelled; what runs is stopped within some seconds',
  retry: 'queued again',
  delete: 'deleted',
};

const jobs = (count: number): string => (count === 1 ? '1 job' : `${count} jobs`);

/** Cancels, retries or deletes jobs, and says what came of it. */
export function useJobActions(onDone?: (action: JobAction) => void) {
  const queries = useQueryClient();
  const notices = useNotices();
  return useMutation({
    mutationFn: ({ action, ids }: { action: JobAction; ids: readonly number[] }) =>
      eachOf(ids, CALLS[action]),
    onSuccess: async ({ done, errors }, { action }) => {
      if (done > 0) notices.done(`${jobs(done)} ${DONE[action]}.`);
      if (errors.length > 0) notices.failed(errors[0]);
      if (done > 0) onDone?.(action);
      const keys = action === 'delete' ? ['jobs', 'overview'] : ['jobs', 'job', 'overview'];
      await Promise.all(keys.map((key) => queries.invalidateQueries({ queryKey: [key] })));
    },
  });
}

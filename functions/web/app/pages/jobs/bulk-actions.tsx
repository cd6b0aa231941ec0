import { useState } from 'react';
import { Button } from '../../ui/button.tsx';
import { Confirm } from '../../ui/dialog.tsx';
import { isUnsettled, mayCancel } from './job-state.ts';
import type { Job } from './job-types.ts';
import { type JobAction, useJobActions } from './use-job-actions.ts';

interface BulkActionsProps {
  readonly jobs: readonly Job[];
  readonly onDone: () => void;
}

const jobs = (count: number): string => (count === 1 ? '1 job' : `${count} jobs`);

const QUESTIONS: { readonly [action in JobAction]: string } = {
  cancel:
    'What waits never starts; what runs is stopped, and what it has not stored is lost. A cancelled job can be run again.',
  retry: 'They go back into their queues, with all their attempts again. Their logs go on.',
  delete:
    'They leave all lists with their logs; what runs is stopped. This cannot be undone. Artifacts and tracking runs stay.',
};
const TITLES = { cancel: 'Cancel', retry: 'Retry', delete: 'Delete' } as const;

/** What can be done with the chosen jobs: each button takes those that it is for. */
export function BulkActions({ jobs: chosen, onDone }: BulkActionsProps) {
  const [asked, setAsked] = useState<JobAction>();
  const actions = useJobActions(() => {
    setAsked(undefined);
    onDone();
  });
  if (chosen.length === 0) return null;
  const fitting: { readonly [action in JobAction]: readonly Job[] } = {
    cancel: chosen.filter(mayCancel),
    retry: chosen.filter(({ status }) => status === 'failed'),
    delete: chosen,
  };
  const none = {
    cancel: 'All of these have ended.',
    retry: 'None of these has failed.',
    delete: '',
  };
  const running = chosen.filter(({ status }) => isUnsettled(status)).length;
  const ids = asked === undefined ? [] : fitting[asked].map(({ id }) => id);
  return (
    <div className="row jobs-bulk">
      <span aria-live="polite">{jobs(chosen.length)} chosen</span>
      {(['cancel', 'retry', 'delete'] as const).map((action) => {
        const count = fitting[action].length;
        return (
          <Button
            key={action}
            kind={action === 'delete' ? 'danger' : 'plain'}
            disabled={count === 0}
            title={count === 0 ? none[action] : undefined}
            onClick={() => setAsked(action)}
          >
            {TITLES[action]} {count > 0 && count}
          </Button>
        );
      })}
      {asked !== undefined && (
        <Confirm
          open
          title={`${TITLES[asked]} ${jobs(ids.length)}?`}
          action={`${TITLES[asked]} ${jobs(ids.length)}`}
          danger={asked !== 'retry'}
          busy={actions.isPending}
          onClose={() => setAsked(undefined)}
          onConfirm={() => actions.mutate({ action: asked, ids })}
        >
          <p>{QUESTIONS[asked]}</p>
          {asked === 'delete' && running > 0 && <p>{jobs(running)} of them have not ended yet.</p>}
        </Confirm>
      )}
    </div>
  );
}

import { useMutation } from '@tanstack/react-query';
import { answerOf, dioptra } from '../../data/api.ts';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/page.tsx';
import { Refusal } from './refusal.tsx';

/** Events that could not be stored, once more. */
export function EventsTab() {
  const sending = useMutation({ mutationFn: () => answerOf(dioptra.POST('/events/redrive')) });
  const answer = sending.data;
  return (
    <Card title="Events that could not be stored">
      <p>
        Events that could not be stored five times wait in a queue of their own, and an alarm tells
        of them. When the cause is gone, send them once more: some 500 batches a call. Nothing is
        doubled.
      </p>
      <div className="row">
        <Button busy={sending.isPending} onClick={() => sending.mutate()}>
          Send them once more
        </Button>
        {answer !== undefined && (
          <span role="status">
            {answer.sent === 0 && answer.unreadable === 0
              ? 'None wait.'
              : `${answer.sent} sent; ${answer.unreadable} that nobody can read stay where they are.`}
            {answer.sent >= 500 && ' There may be more: send again.'}
          </span>
        )}
      </div>
      {sending.isError && <Refusal error={sending.error} />}
    </Card>
  );
}

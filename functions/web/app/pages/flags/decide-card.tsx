import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { answerOf, posthog } from '../../data/api.ts';
import { useGroup } from '../../data/use-group.ts';
import { Button } from '../../ui/button.tsx';
import { TextArea } from '../../ui/field.tsx';
import { useNotices } from '../../ui/notices.tsx';
import { Card, ErrorNote } from '../../ui/page.tsx';
import { projectOf } from '../abtests/queries.ts';
import { type ChangeRequest, changeQuery, changesKey, flagsKey } from './queries.ts';

type Verb = 'approve' | 'reject' | 'cancel';
const SAID: Readonly<Record<Verb, string>> = {
  approve: 'You approved the change.',
  reject: 'You rejected the change.',
  cancel: 'The request was taken back.',
};

function useDecision({ id }: ChangeRequest) {
  const group = useGroup();
  const queries = useQueryClient();
  const notices = useNotices();
  return useMutation({
    mutationFn: ({ verb, reason }: { verb: Verb; reason: string }) => {
      const params = { path: { project: projectOf(group), id } };
      const body = reason.trim() === '' ? {} : { reason: reason.trim() };
      const root = '/api/projects/{project}/change_requests/{id}';
      if (verb === 'cancel') return answerOf(posthog.POST(`${root}/cancel`, { params }));
      return answerOf(
        verb === 'approve'
          ? posthog.POST(`${root}/approve`, { params, body })
          : posthog.POST(`${root}/reject`, { params, body }),
      );
    },
    onSuccess: (change, { verb }) => {
      queries.setQueryData(changeQuery(group, id).queryKey, change);
      notices.done(change.state === 'applied' ? 'Approved: the flag was changed.' : SAID[verb]);
    },
    onSettled: () => {
      void queries.invalidateQueries({ queryKey: changesKey(group) });
      void queries.invalidateQueries({ queryKey: flagsKey(group) });
      void queries.invalidateQueries({ queryKey: ['flag', group] });
    },
  });
}

/** Why somebody has no vote. */
function whyNot({ is_requester: own, user_decision: decision }: ChangeRequest): string {
  if (decision !== null) return `You ${decision} it already.`;
  if (own) return 'You asked for it; others decide.';
  return 'You are not among those whom the policy asks.';
}

/** The vote on a change that waits, and the way to take it back. */
export function Decide({ change }: { readonly change: ChangeRequest }) {
  const [reason, setReason] = useState('');
  const decide = useDecision(change);
  const act = (verb: Verb) => () => decide.mutate({ verb, reason });
  return (
    <Card title="Your decision">
      {change.can_approve ? (
        <TextArea
          label="Reason"
          hint="Others read it."
          maxLength={2000}
          value={reason}
          onChange={({ target }) => setReason(target.value)}
        />
      ) : (
        <p className="quiet">{whyNot(change)}</p>
      )}
      {decide.isError && <ErrorNote error={decide.error} />}
      <div className="row">
        {change.can_approve && (
          <>
            <Button kind="primary" busy={decide.isPending} onClick={act('approve')}>
              Approve
            </Button>
            <Button kind="danger" busy={decide.isPending} onClick={act('reject')}>
              Reject
            </Button>
          </>
        )}
        {change.can_cancel && (
          <Button busy={decide.isPending} onClick={act('cancel')}>
            Take the request back
          </Button>
        )}
      </div>
    </Card>
  );
}

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { answerOf, dioptra } from '../../data/api.ts';
import { sessionQuery } from '../../data/session.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { SubmitRow, submitting } from '../../ui/form.tsx';
import { useNotices } from '../../ui/notices.tsx';
import { Answer, Card } from '../../ui/page.tsx';
import { FreshnessOf } from '../../ui/text.tsx';
import { InvitationsTable, MadeInvitation } from '../people/invitations-table.tsx';
import { DaysField } from './days-field.tsx';
import { Refusal } from './refusal.tsx';

const KEY = ['invitations'];

/** Invitations that make an account, whatever group it comes into later. */
export function DeploymentInvitations() {
  const session = useQuery(sessionQuery);
  const query = useQuery({
    queryKey: KEY,
    queryFn: () => answerOf(dioptra.GET('/invitations')).then(({ data }) => data),
  });
  const queries = useQueryClient();
  const { done, failed } = useNotices();
  const [asked, setAsked] = useState(false);
  const [made, setMade] = useState<string>();
  const revoking = useMutation({
    mutationFn: (invitationId: string) =>
      answerOf(
        dioptra.DELETE('/invitations/{invitationId}', { params: { path: { invitationId } } }),
      ),
    onSuccess: () => done('The invitation is taken back.'),
    onError: failed,
    onSettled: () => queries.invalidateQueries({ queryKey: KEY }),
  });
  const closed = session.data?.registration === 'closed';
  return (
    <Card
      title="Invitations to this deployment"
      actions={
        <div className="row">
          <FreshnessOf query={query} />
          <Button
            kind="primary"
            disabled={closed}
            title={closed ? 'Registration is closed: nobody could use one' : undefined}
            onClick={() => setAsked(true)}
          >
            Invite somebody
          </Button>
        </div>
      }
    >
      <p className="quiet">
        {closed
          ? 'Registration is closed, so nobody could use an invitation: make accounts under “Users”, or deploy with the registration “invite”.'
          : 'Each makes one account, once, in the group “public”. To invite into another group at the same time, use the page “People” there.'}
      </p>
      <Answer query={query}>
        {(invitations) => (
          <InvitationsTable
            invitations={invitations}
            onRevoke={(id) => revoking.mutateAsync(id)}
            busy={revoking.isPending}
          />
        )}
      </Answer>
      <Dialog title="Invite somebody" open={asked} onClose={() => setAsked(false)}>
        <InviteForm
          onClose={() => setAsked(false)}
          onMade={(token) => {
            setAsked(false);
            setMade(token);
          }}
        />
      </Dialog>
      <MadeInvitation
        token={made}
        onClose={() => setMade(undefined)}
        caution="Send it to one person by a way that nobody else reads: whoever has it makes an account."
      />
    </Card>
  );
}

interface InviteFormProps {
  readonly onMade: (token: string | undefined) => void;
  readonly onClose: () => void;
}

function InviteForm({ onMade, onClose }: InviteFormProps) {
  const [days, setDays] = useState(7);
  const queries = useQueryClient();
  const inviting = useMutation({
    mutationFn: () => answerOf(dioptra.POST('/invitations', { body: { days } })),
    onSuccess: ({ token }) => {
      onMade(token);
      return queries.invalidateQueries({ queryKey: KEY });
    },
  });
  const submit = submitting(() => inviting.mutate());
  return (
    <form className="stack" onSubmit={submit}>
      <DaysField value={days} most={30} onChange={setDays} />
      <SubmitRow busy={inviting.isPending} onCancel={onClose}>
        Make the invitation
      </SubmitRow>
      {inviting.isError && <Refusal error={inviting.error} />}
    </form>
  );
}

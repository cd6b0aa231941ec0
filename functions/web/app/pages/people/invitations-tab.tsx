import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { answerOf, dioptra } from '../../data/api.ts';
import { type Group, type Session, sessionQuery } from '../../data/session.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { SubmitRow, submitting } from '../../ui/form.tsx';
import { useNotices } from '../../ui/notices.tsx';
import { Answer, Card } from '../../ui/page.tsx';
import { FreshnessOf } from '../../ui/text.tsx';
import { DaysField } from '../account/days-field.tsx';
import { Refusal } from '../account/refusal.tsx';
import { invitationsQuery } from './group-query.ts';
import { InvitationsTable, MadeInvitation } from './invitations-table.tsx';
import { OnlyManagers } from './only-managers.tsx';
import { PermissionFields } from './permission-fields.tsx';
import { type Flags, lacking, MEMBER, manages, READER } from './permissions.ts';

interface InvitationsTabProps {
  readonly group: Group;
  readonly own: Flags;
}

export function InvitationsTab({ group, own }: InvitationsTabProps) {
  if (!manages(own)) return <OnlyManagers group={group} what="invitations" />;
  return <Invitations group={group} own={own} />;
}

/** Whom an invitation of this person serves, which the deployment decides. */
function serves({ registration, administrator }: Session): string {
  if (registration === 'open') {
    return 'Whoever has an account joins with it; anybody else makes an account with it.';
  }
  if (registration === 'invite' && administrator) {
    return 'Whoever has an account joins with it; since you are an administrator, it makes new accounts, too.';
  }
  return registration === 'invite'
    ? 'It is for people who have an account: only an administrator’s invitation makes new ones.'
    : 'It is for people who have an account: registration is closed, and administrators make accounts.';
}

function Invitations({ group, own }: InvitationsTabProps) {
  const query = useQuery(invitationsQuery(group.id));
  const session = useQuery(sessionQuery);
  const queries = useQueryClient();
  const { done, failed } = useNotices();
  const [asked, setAsked] = useState(false);
  const [made, setMade] = useState<string>();
  const revoking = useMutation({
    mutationFn: (invitationId: string) =>
      answerOf(
        dioptra.DELETE('/groups/{id}/invitations/{invitationId}', {
          params: { path: { id: group.id, invitationId } },
        }),
      ),
    onSuccess: () => done('The invitation is taken back.'),
    onError: failed,
    onSettled: () => queries.invalidateQueries({ queryKey: invitationsQuery(group.id).queryKey }),
  });
  const who = session.data === undefined ? '' : serves(session.data);
  return (
    <Card
      title="Open invitations"
      actions={
        <div className="row">
          <FreshnessOf query={query} />
          <Button kind="primary" onClick={() => setAsked(true)}>
            Invite somebody
          </Button>
        </div>
      }
    >
      <p className="quiet">
        Each is for one person, once. {who} It is void when its maker leaves the group or may do
        less than it gives.
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
          group={group}
          own={own}
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
        caution={`Send it to one person by a way that nobody else reads. ${who}`}
      />
    </Card>
  );
}

interface InviteFormProps extends InvitationsTabProps {
  readonly onMade: (token: string | undefined) => void;
  readonly onClose: () => void;
}

function InviteForm({ group, own, onMade, onClose }: InviteFormProps) {
  const [draft, setDraft] = useState<Flags>(lacking(own, MEMBER).length === 0 ? MEMBER : READER);
  const [days, setDays] = useState(7);
  const queries = useQueryClient();
  const inviting = useMutation({
    mutationFn: () =>
      answerOf(
        dioptra.POST('/groups/{id}/invitations', {
          params: { path: { id: group.id } },
          body: { permissions: draft, days },
        }),
      ),
    onSuccess: ({ token }) => {
      onMade(token);
      return queries.invalidateQueries({ queryKey: invitationsQuery(group.id).queryKey });
    },
  });
  const submit = submitting(() => inviting.mutate());
  return (
    <form className="stack" onSubmit={submit}>
      <PermissionFields own={own} draft={draft} onChange={setDraft} />
      <DaysField value={days} most={30} onChange={setDays} />
      <SubmitRow busy={inviting.isPending} onCancel={onClose}>
        Make the invitation
      </SubmitRow>
      {inviting.isError && <Refusal error={inviting.error} />}
    </form>
  );
}

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { answerOf, dioptra } from '../../data/api.ts';
import type { Group } from '../../data/session.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Checkbox, TextField } from '../../ui/field.tsx';
import { SubmitRow, submitting } from '../../ui/form.tsx';
import { useNotices } from '../../ui/notices.tsx';
import { Answer, Empty } from '../../ui/page.tsx';
import { Refusal } from '../account/refusal.tsx';
import { refusalOf } from '../account/refusals.ts';
import { AccountCard } from './account-card.tsx';
import { accountsQuery, groupQuery } from './group-query.ts';
import { OnlyManagers } from './only-managers.tsx';
import { type Flags, manages } from './permissions.ts';

interface AccountsTabProps {
  readonly group: Group;
  readonly own: Flags;
}

export function AccountsTab({ group, own }: AccountsTabProps) {
  if (!manages(own)) return <OnlyManagers group={group} what="service accounts" />;
  return <Accounts group={group} own={own} />;
}

/** What machines sign in as: nobody's session, gone with the group's decision alone. */
function Accounts({ group, own }: AccountsTabProps) {
  const query = useQuery(accountsQuery(group.id));
  const [asked, setAsked] = useState(false);
  return (
    <div className="stack">
      <div className="row">
        <Button kind="primary" onClick={() => setAsked(true)}>
          New service account
        </Button>
        <span className="quiet">
          For builds, workers and other machines: it goes on when you go.
        </span>
      </div>
      <Answer query={query}>
        {(accounts) =>
          accounts.length === 0 ? (
            <Empty title="No service accounts yet">
              <p>
                A service account is a member of this group alone, reads and writes, and signs in by
                its tokens: in clients that want a name and a password, a token is the password.
              </p>
            </Empty>
          ) : (
            <ul className="people-list">
              {accounts.map((account) => (
                <li key={account.id}>
                  <AccountCard groupId={group.id} account={account} own={own} />
                </li>
              ))}
            </ul>
          )
        }
      </Answer>
      <Dialog title="New service account" open={asked} onClose={() => setAsked(false)}>
        <NewAccountForm group={group} own={own} onClose={() => setAsked(false)} />
      </Dialog>
    </div>
  );
}

function NewAccountForm({ group, own, onClose }: AccountsTabProps & { onClose: () => void }) {
  const [username, setUsername] = useState('');
  const [write, setWrite] = useState(own.write);
  const queries = useQueryClient();
  const { done } = useNotices();
  const making = useMutation({
    mutationFn: () =>
      answerOf(
        dioptra.POST('/groups/{id}/serviceAccounts', {
          params: { path: { id: group.id } },
          body: { username, write },
        }),
      ),
    onSuccess: () => {
      onClose();
      done('The service account is made. Give it a token.');
      return queries.invalidateQueries({ queryKey: groupQuery(group.id).queryKey });
    },
  });
  const submit = submitting(() => making.mutate());
  const nameError = refusalOf(making.error, 'username');
  return (
    <form className="stack" onSubmit={submit}>
      <TextField
        label="Name"
        required
        maxLength={150}
        autoCapitalize="none"
        spellCheck={false}
        value={username}
        onChange={({ target }) => setUsername(target.value)}
        error={nameError}
        hint="One that nobody in the deployment has: “nightly”, “gpu-box”. It stays taken."
      />
      <Checkbox
        label={own.write ? 'It may write, not only read' : 'It may write (you may not, yourself)'}
        checked={write}
        disabled={!own.write}
        onChange={({ target }) => setWrite(target.checked)}
      />
      <SubmitRow busy={making.isPending} onCancel={onClose}>
        Make the account
      </SubmitRow>
      {making.isError && nameError === undefined && <Refusal error={making.error} />}
    </form>
  );
}

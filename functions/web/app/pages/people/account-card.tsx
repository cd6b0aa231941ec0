import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { answerOf, type DioptraAnswer, dioptra } from '../../data/api.ts';
import { Button } from '../../ui/button.tsx';
import { Confirm, Dialog } from '../../ui/dialog.tsx';
import { TextField } from '../../ui/field.tsx';
import { SubmitRow, submitting } from '../../ui/form.tsx';
import { useNotices } from '../../ui/notices.tsx';
import { Answer, Card } from '../../ui/page.tsx';
import { Badge, Name } from '../../ui/text.tsx';
import { DaysField } from '../account/days-field.tsx';
import { Refusal } from '../account/refusal.tsx';
import { ShownOnce } from '../account/shown-once.tsx';
import { serviceUsages } from '../account/token-code.ts';
import { TokensTable } from '../account/tokens-table.tsx';
import { Usages } from '../account/usages.tsx';
import { accountTokensQuery, groupQuery } from './group-query.ts';
import { type Flags, roleOf, whyNotManage } from './permissions.ts';

type Account = DioptraAnswer<'listServiceAccounts'>['data'][number];

interface AccountCardProps {
  readonly groupId: number;
  readonly account: Account;
  readonly own: Flags;
}

/** A service account with its tokens. */
export function AccountCard({ groupId, account, own }: AccountCardProps) {
  const [asked, setAsked] = useState<'token' | 'end'>();
  const [made, setMade] = useState<string>();
  const close = (): void => setAsked(undefined);
  const why = whyNotManage(own, account.permissions);
  return (
    <Card
      title={account.username}
      actions={
        <div className="row">
          <Badge>{roleOf(account.permissions)}</Badge>
          <Button disabled={why !== undefined} title={why} onClick={() => setAsked('token')}>
            New token<span className="visually-hidden"> of {account.username}</span>
          </Button>
          <Button
            kind="danger"
            disabled={why !== undefined}
            title={why}
            onClick={() => setAsked('end')}
          >
            End<span className="visually-hidden"> {account.username}</span>
          </Button>
        </div>
      }
    >
      <AccountTokens groupId={groupId} account={account} />
      <Dialog title="New token" open={asked === 'token'} onClose={close}>
        <NewServiceTokenForm
          groupId={groupId}
          account={account}
          onClose={close}
          onMade={(token) => {
            close();
            setMade(token);
          }}
        />
      </Dialog>
      <ShownOnce
        title="The new token"
        secret={made}
        onClose={() => setMade(undefined)}
        caution="Whoever has it can do what the service account may, in this group alone."
      >
        <Usages usages={serviceUsages(window.location.origin, made ?? '', account.username)} />
      </ShownOnce>
      <EndAccount groupId={groupId} account={account} open={asked === 'end'} onClose={close} />
    </Card>
  );
}

type PartProps = Pick<AccountCardProps, 'groupId' | 'account'>;

function AccountTokens({ groupId, account }: PartProps) {
  const query = useQuery(accountTokensQuery(groupId, account.id));
  const { done, failed } = useNotices();
  const revoking = useMutation({
    mutationFn: (tokenId: string) =>
      answerOf(
        dioptra.DELETE('/groups/{id}/serviceAccounts/{accountId}/tokens/{tokenId}', {
          params: { path: { id: groupId, accountId: account.id, tokenId } },
        }),
      ),
    onSuccess: () => done('It is revoked, within five seconds everywhere.'),
    onError: failed,
    onSettled: () => query.refetch(),
  });
  return (
    <Answer query={query}>
      {(tokens) =>
        tokens.length === 0 ? (
          <p className="quiet">It has no token, so nothing can sign in as it.</p>
        ) : (
          <TokensTable
            label={`Tokens of ${account.username}`}
            tokens={tokens}
            onRevoke={(id) => revoking.mutateAsync(id)}
            busy={revoking.isPending}
          />
        )
      }
    </Answer>
  );
}

interface NewServiceTokenFormProps extends PartProps {
  readonly onMade: (token: string | undefined) => void;
  readonly onClose: () => void;
}

function NewServiceTokenForm(props: NewServiceTokenFormProps) {
  const { groupId, account, onMade, onClose } = props;
  const [name, setName] = useState('');
  const [days, setDays] = useState(90);
  const queries = useQueryClient();
  const making = useMutation({
    mutationFn: () =>
      answerOf(
        dioptra.POST('/groups/{id}/serviceAccounts/{accountId}/tokens', {
          params: { path: { id: groupId, accountId: account.id } },
          body: { name, days },
        }),
      ),
    onSuccess: ({ token }) => {
      onMade(token);
      const { queryKey } = accountTokensQuery(groupId, account.id);
      return queries.invalidateQueries({ queryKey });
    },
  });
  const submit = submitting(() => making.mutate());
  return (
    <form className="stack" onSubmit={submit}>
      <TextField
        label="Name"
        required
        maxLength={100}
        value={name}
        onChange={({ target }) => setName(target.value)}
        hint="Where it is used: “worker”, “build server”."
      />
      <DaysField value={days} most={366} onChange={setDays} />
      <SubmitRow busy={making.isPending} onCancel={onClose}>
        Make the token
      </SubmitRow>
      {making.isError && <Refusal error={making.error} />}
    </form>
  );
}

interface EndAccountProps extends PartProps {
  readonly open: boolean;
  readonly onClose: () => void;
}

function EndAccount({ groupId, account, open, onClose }: EndAccountProps) {
  const queries = useQueryClient();
  const { done } = useNotices();
  const ending = useMutation({
    mutationFn: () =>
      answerOf(
        dioptra.DELETE('/groups/{id}/serviceAccounts/{accountId}', {
          params: { path: { id: groupId, accountId: account.id } },
        }),
      ),
    onSuccess: () => {
      onClose();
      done('The service account has ended.');
      return queries.invalidateQueries({ queryKey: groupQuery(groupId).queryKey });
    },
  });
  return (
    <Confirm
      title="End the service account?"
      open={open}
      onClose={onClose}
      action="End it"
      danger
      busy={ending.isPending}
      onConfirm={() => ending.mutate()}
    >
      <p>
        <Name>{account.username}</Name> and its tokens end, within five seconds everywhere. It
        cannot be undone, and the name stays taken. What it made stays.
      </p>
      {ending.isError && <Refusal error={ending.error} />}
    </Confirm>
  );
}

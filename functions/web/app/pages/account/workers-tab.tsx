import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { answerOf, type DioptraAnswer, dioptra } from '../../data/api.ts';
import { Button } from '../../ui/button.tsx';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { Confirm, Dialog } from '../../ui/dialog.tsx';
import { TextField } from '../../ui/field.tsx';
import { SubmitRow, submitting } from '../../ui/form.tsx';
import { useNotices } from '../../ui/notices.tsx';
import { Answer, Card, Empty } from '../../ui/page.tsx';
import { FreshnessOf, Name, Time } from '../../ui/text.tsx';
import { DaysField } from './days-field.tsx';
import { Refusal } from './refusal.tsx';
import { refusalOf } from './refusals.ts';
import { ShownOnce } from './shown-once.tsx';
import { workerUsages } from './token-code.ts';
import { Usages } from './usages.tsx';

type WorkerToken = DioptraAnswer<'listWorkerTokens'>['data'][number];
const KEY = ['workerTokens'];

interface Made {
  readonly pool: string;
  readonly token: string;
}

/** What workers of one's own show to get the jobs of an external pool. */
export function WorkersTab() {
  const query = useQuery({
    queryKey: KEY,
    queryFn: () => answerOf(dioptra.GET('/workerTokens')).then(({ data }) => data),
  });
  const [asked, setAsked] = useState<'make' | WorkerToken>();
  const [made, setMade] = useState<Made>();
  const close = (): void => setAsked(undefined);
  return (
    <Card
      title="Worker tokens"
      actions={
        <div className="row">
          <FreshnessOf query={query} />
          <Button kind="primary" onClick={() => setAsked('make')}>
            New worker token
          </Button>
        </div>
      }
    >
      <p className="quiet">
        With one, a machine of yours asks over HTTPS for the jobs of an external pool, and runs
        them: that is the way to GPUs. It needs no credentials of the cloud and no open port.
      </p>
      <Answer query={query}>
        {(tokens) =>
          tokens.length === 0 ? (
            <Empty title="No worker tokens yet">
              <p>Pools that are not external start their own workers and need none.</p>
            </Empty>
          ) : (
            <DataTable
              label="Worker tokens"
              columns={columnsOf(setAsked)}
              rows={tokens}
              rowId={({ id }) => id}
            />
          )
        }
      </Answer>
      <Dialog title="New worker token" open={asked === 'make'} onClose={close}>
        <NewWorkerTokenForm
          onClose={close}
          onMade={(next) => {
            close();
            setMade(next);
          }}
        />
      </Dialog>
      <ShownOnce
        title="The new worker token"
        secret={made?.token}
        onClose={() => setMade(undefined)}
        caution="Whoever has it gets the jobs of this pool, with what they read and write."
      >
        <Usages
          usages={workerUsages(window.location.origin, made?.token ?? '', made?.pool ?? '')}
        />
      </ShownOnce>
      <RevokeWorkerToken token={typeof asked === 'object' ? asked : undefined} onClose={close} />
    </Card>
  );
}

const columnsOf = (onRevoke: (token: WorkerToken) => void): readonly Column<WorkerToken>[] => [
  { id: 'pool', title: 'Pool', width: 140, cell: ({ pool }) => <Name>{pool}</Name> },
  { id: 'name', title: 'Name', width: 220, cell: ({ name }) => <Name>{name}</Name> },
  { id: 'made', title: 'Made', width: 120, cell: ({ createdOn }) => <Time at={createdOn} /> },
  { id: 'ends', title: 'Ends', width: 120, cell: ({ expiresOn }) => <Time at={expiresOn} /> },
  {
    id: 'revoke',
    title: 'Action',
    width: 110,
    cell: (token) => (
      <Button
        kind="quiet"
        aria-label={`Revoke ${token.name === '' ? token.id : token.name}`}
        onClick={() => onRevoke(token)}
      >
        Revoke
      </Button>
    ),
  },
];

interface RevokeProps {
  readonly token: WorkerToken | undefined;
  readonly onClose: () => void;
}

function RevokeWorkerToken({ token, onClose }: RevokeProps) {
  const queries = useQueryClient();
  const { done } = useNotices();
  const revoking = useMutation({
    mutationFn: (workerTokenId: string) =>
      answerOf(
        dioptra.DELETE('/workerTokens/{workerTokenId}', { params: { path: { workerTokenId } } }),
      ),
    onSuccess: () => {
      onClose();
      done('It is revoked: its workers are refused within five seconds.');
      return queries.invalidateQueries({ queryKey: KEY });
    },
  });
  return (
    <Confirm
      title="Revoke the worker token?"
      open={token !== undefined}
      onClose={onClose}
      action="Revoke"
      danger
      busy={revoking.isPending}
      onConfirm={() => {
        if (token !== undefined) revoking.mutate(token.id);
      }}
    >
      <p>
        Workers that show it are refused, and the jobs that they run are lost to them and tried
        again elsewhere. It cannot be undone.
      </p>
      {revoking.isError && <Refusal error={revoking.error} />}
    </Confirm>
  );
}

interface NewWorkerTokenFormProps {
  readonly onMade: (made: Made) => void;
  readonly onClose: () => void;
}

function NewWorkerTokenForm({ onMade, onClose }: NewWorkerTokenFormProps) {
  const [pool, setPool] = useState('');
  const [name, setName] = useState('');
  const [days, setDays] = useState(30);
  const queries = useQueryClient();
  const making = useMutation({
    mutationFn: () => answerOf(dioptra.POST('/workerTokens', { body: { pool, name, days } })),
    onSuccess: ({ token }) => {
      onMade({ pool, token: token ?? '' });
      return queries.invalidateQueries({ queryKey: KEY });
    },
  });
  const submit = submitting(() => making.mutate());
  const poolError = refusalOf(making.error, 'pool');
  return (
    <form className="stack" onSubmit={submit}>
      <TextField
        label="Pool"
        required
        maxLength={100}
        autoCapitalize="none"
        spellCheck={false}
        value={pool}
        onChange={({ target }) => setPool(target.value)}
        error={poolError}
        hint="An external pool of this deployment, such as “gpu”: its queue has the same name."
      />
      <TextField
        label="Name"
        maxLength={100}
        value={name}
        onChange={({ target }) => setName(target.value)}
        hint="Which machine: “the box below the desk”."
      />
      <DaysField value={days} most={366} onChange={setDays} />
      <SubmitRow busy={making.isPending} onCancel={onClose}>
        Make the token
      </SubmitRow>
      {making.isError && poolError === undefined && <Refusal error={making.error} />}
    </form>
  );
}

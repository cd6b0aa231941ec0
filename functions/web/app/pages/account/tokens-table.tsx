import { useState } from 'react';
import { Button } from '../../ui/button.tsx';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { Confirm } from '../../ui/dialog.tsx';
import { Badge, Name, Time } from '../../ui/text.tsx';
import type { Token } from './account-queries.ts';
import { scopeWords } from './scopes.ts';

interface TokensTableProps {
  readonly label: string;
  readonly tokens: readonly Token[];
  readonly onRevoke: (id: string) => Promise<unknown>;
  readonly busy: boolean;
}

const SOON_MS = 7 * 86_400_000;

/** When it ends; a badge where that is near. */
function Ends({ at }: { readonly at: string }) {
  const left = new Date(at).getTime() - Date.now();
  if (left <= 0) return <Badge tone="bad">Ended</Badge>;
  return (
    <>
      <Time at={at} /> {left < SOON_MS && <Badge tone="warn">Ends soon</Badge>}
    </>
  );
}

const columnsOf = (onRevoke: (token: Token) => void): readonly Column<Token>[] => [
  { id: 'name', title: 'Name', width: 180, cell: ({ name }) => <Name>{name}</Name> },
  {
    id: 'scopes',
    title: 'May',
    width: 240,
    cell: ({ scopes }) => <span title={scopeWords(scopes)}>{scopeWords(scopes)}</span>,
  },
  { id: 'made', title: 'Made', width: 120, cell: ({ createdOn }) => <Time at={createdOn} /> },
  { id: 'ends', title: 'Ends', width: 190, cell: ({ expiresOn }) => <Ends at={expiresOn} /> },
  {
    id: 'revoke',
    title: 'Action',
    width: 100,
    cell: (token) => (
      <Button kind="quiet" aria-label={`Revoke ${token.name}`} onClick={() => onRevoke(token)}>
        Revoke
      </Button>
    ),
  },
];

/** Tokens without their text, each to be revoked after a question. */
export function TokensTable({ label, tokens, onRevoke, busy }: TokensTableProps) {
  const [asked, setAsked] = useState<Token>();
  const close = (): void => setAsked(undefined);
  return (
    <>
      <DataTable label={label} columns={columnsOf(setAsked)} rows={tokens} rowId={({ id }) => id} />
      <Confirm
        title="Revoke it?"
        open={asked !== undefined}
        onClose={close}
        action="Revoke"
        danger
        busy={busy}
        onConfirm={() => {
          if (asked !== undefined) void onRevoke(asked.id).then(close, close);
        }}
      >
        <p>
          Programs that use <Name>{asked?.name ?? ''}</Name> are refused within five seconds. It
          cannot be undone; a new one has another text.
        </p>
      </Confirm>
    </>
  );
}

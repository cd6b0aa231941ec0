import { useState } from 'react';
import { Button } from '../../ui/button.tsx';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { Confirm } from '../../ui/dialog.tsx';
import { Badge, Copyable, Time } from '../../ui/text.tsx';
import { invitationLink } from '../account/invitation.ts';
import { ShownOnce } from '../account/shown-once.tsx';
import { type Flags, roleOf } from './permissions.ts';

export interface InvitationRow {
  readonly id: string;
  readonly createdOn: string;
  readonly expiresOn: string;
  readonly permissions?: Flags;
  readonly newUsers?: boolean;
}

interface InvitationsTableProps {
  readonly invitations: readonly InvitationRow[];
  readonly onRevoke: (id: string) => Promise<unknown>;
  readonly busy: boolean;
}

const columnsOf = (onRevoke: (row: InvitationRow) => void): readonly Column<InvitationRow>[] => [
  {
    id: 'id',
    title: 'Number',
    width: 130,
    cell: ({ id }) => (
      <span className="mono" title={id}>
        {id.slice(0, 10)}
      </span>
    ),
  },
  {
    id: 'gives',
    title: 'Makes',
    width: 230,
    cell: ({ permissions, newUsers }) =>
      permissions === undefined ? (
        'An account in “public”'
      ) : (
        <>
          <Badge>{roleOf(permissions)}</Badge>{' '}
          {newUsers === true && <Badge>New accounts, too</Badge>}
        </>
      ),
  },
  { id: 'made', title: 'Made', width: 120, cell: ({ createdOn }) => <Time at={createdOn} /> },
  { id: 'ends', title: 'Good until', width: 120, cell: ({ expiresOn }) => <Time at={expiresOn} /> },
  {
    id: 'revoke',
    title: 'Action',
    width: 120,
    cell: (row) => (
      <Button
        kind="quiet"
        aria-label={`Take back invitation ${row.id.slice(0, 10)}`}
        onClick={() => onRevoke(row)}
      >
        Take back
      </Button>
    ),
  },
];

/** Invitations that nobody has used yet. */
export function InvitationsTable({ invitations, onRevoke, busy }: InvitationsTableProps) {
  const [asked, setAsked] = useState<InvitationRow>();
  const close = (): void => setAsked(undefined);
  return (
    <>
      <DataTable
        label="Open invitations"
        columns={columnsOf(setAsked)}
        rows={invitations}
        rowId={({ id }) => id}
        footer={invitations.length === 0 ? 'No open invitations.' : undefined}
      />
      <Confirm
        title="Take the invitation back?"
        open={asked !== undefined}
        onClose={close}
        action="Take it back"
        danger
        busy={busy}
        onConfirm={() => {
          if (asked !== undefined) void onRevoke(asked.id).then(close, close);
        }}
      >
        <p>Whoever has it cannot use it any more. You can make another one.</p>
      </Confirm>
    </>
  );
}

interface MadeInvitationProps {
  readonly token: string | undefined;
  readonly onClose: () => void;
  readonly caution: string;
}

/** A new invitation, as a link to send and as a text. */
export const MadeInvitation = ({ token, onClose, caution }: MadeInvitationProps) => (
  <ShownOnce
    title="Your invitation"
    secret={token === undefined ? undefined : invitationLink(window.location.origin, token)}
    onClose={onClose}
    caution={caution}
  >
    <p className="quiet">Or its text alone, for the field “Invitation” and for programs:</p>
    <Copyable text={token ?? ''} />
  </ShownOnce>
);

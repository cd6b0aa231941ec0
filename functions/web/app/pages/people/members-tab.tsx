import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Group } from '../../data/session.ts';
import { Button } from '../../ui/button.tsx';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Menu } from '../../ui/menu.tsx';
import { Badge, Name } from '../../ui/text.tsx';
import { AddMemberForm } from './add-member-form.tsx';
import { ChangeMemberForm } from './change-member-form.tsx';
import { accountsQuery, acquaintancesQuery } from './group-query.ts';
import { type Flags, manages, roleOf, whyNotManage } from './permissions.ts';
import { RemoveMember } from './remove-member.tsx';
import { RenewPasswordForm } from './renew-password-form.tsx';

export interface MemberRow {
  readonly id: number;
  readonly username: string;
  readonly email: string;
  readonly flags: Flags;
  readonly isSelf: boolean;
  /** Whether it is the account of a machine; known to those who manage the group. */
  readonly service: boolean;
}

interface TabProps {
  readonly group: Group;
  readonly self: number;
  readonly own: Flags;
}

function useRows({ group, self, own }: TabProps): readonly MemberRow[] {
  const people = useQuery(acquaintancesQuery);
  const accounts = useQuery({ ...accountsQuery(group.id), enabled: manages(own) });
  const emails = new Map(people.data?.map(({ id, email }) => [id, email]));
  const services = new Set(accounts.data?.map(({ id }) => id));
  return group.members.map(({ user, permissions }) => ({
    id: user.id,
    username: user.username,
    email: emails.get(user.id) ?? '',
    flags: permissions,
    isSelf: user.id === self,
    service: services.has(user.id),
  }));
}

type Asked = 'add' | { readonly what: 'change' | 'remove' | 'renew'; readonly member: MemberRow };

export function MembersTab(props: TabProps) {
  const { group, own } = props;
  const rows = useRows(props);
  const [asked, setAsked] = useState<Asked>();
  const close = (): void => setAsked(undefined);
  const one = typeof asked === 'object' ? asked : undefined;
  const mayAdd = manages(own);
  return (
    <div className="stack">
      <div className="row">
        {mayAdd ? (
          <Button kind="primary" onClick={() => setAsked('add')}>
            Add somebody
          </Button>
        ) : (
          <span className="quiet">You see who is here; owners and administrators change it.</span>
        )}
      </div>
      <DataTable
        label="Members"
        columns={columnsOf(own, setAsked)}
        rows={rows}
        rowId={({ id }) => String(id)}
        footer={rows.length === 1 ? 'One member.' : `${rows.length} members.`}
      />
      <Dialog title="Add somebody" open={asked === 'add'} onClose={close}>
        <AddMemberForm group={group} own={own} onClose={close} />
      </Dialog>
      <Dialog title="Change permissions" open={one?.what === 'change'} onClose={close}>
        {one !== undefined && (
          <ChangeMemberForm group={group} own={own} member={one.member} onClose={close} />
        )}
      </Dialog>
      <Dialog title="Renew an expired password" open={one?.what === 'renew'} onClose={close}>
        {one !== undefined && <RenewPasswordForm member={one.member} onClose={close} />}
      </Dialog>
      <RemoveMember
        group={group}
        member={one?.what === 'remove' ? one.member : undefined}
        onClose={close}
      />
    </div>
  );
}

const columnsOf = (own: Flags, onAsk: (asked: Asked) => void): readonly Column<MemberRow>[] => [
  {
    id: 'name',
    title: 'Name',
    width: 200,
    cell: ({ username, isSelf, service }) => (
      <>
        <Name>{username}</Name> {isSelf && <Badge>You</Badge>}
        {service && <Badge>Service account</Badge>}
      </>
    ),
  },
  { id: 'email', title: 'E-mail', width: 200, cell: ({ email }) => <Name>{email}</Name> },
  {
    id: 'role',
    title: 'Is',
    width: 130,
    cell: ({ flags }) => <Badge tone={flags.owner ? 'good' : 'plain'}>{roleOf(flags)}</Badge>,
  },
  {
    id: 'actions',
    title: 'Actions',
    width: 150,
    cell: (member) => <MemberMenu own={own} member={member} onAsk={onAsk} />,
  },
];

interface MemberMenuProps {
  readonly own: Flags;
  readonly member: MemberRow;
  readonly onAsk: (asked: Asked) => void;
}

function MemberMenu({ own, member, onAsk }: MemberMenuProps) {
  const why = whyNotManage(own, member.flags);
  const whyNotRemove = member.service
    ? 'It goes with its account: see the service accounts.'
    : member.isSelf
      ? 'To go yourself, leave the group (see “The group”).'
      : why;
  return (
    <Menu
      kind="quiet"
      label={
        <>
          Actions <span className="visually-hidden">for {member.username}</span>
        </>
      }
    >
      <Button
        disabled={why !== undefined}
        title={why}
        onClick={() => onAsk({ what: 'change', member })}
      >
        Change permissions
      </Button>
      <Button
        disabled={whyNotRemove !== undefined}
        title={whyNotRemove}
        onClick={() => onAsk({ what: 'remove', member })}
      >
        Take out of the group
      </Button>
      {!member.service && !member.isSelf && (
        <Button onClick={() => onAsk({ what: 'renew', member })}>Renew an expired password</Button>
      )}
      {why !== undefined && <p className="quiet people-why">{why}</p>}
    </Menu>
  );
}

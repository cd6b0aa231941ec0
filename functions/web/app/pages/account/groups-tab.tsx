import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { answerOf, dioptra } from '../../data/api.ts';
import { type Group, groupsQuery, sessionQuery } from '../../data/session.ts';
import { Button } from '../../ui/button.tsx';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { TextField } from '../../ui/field.tsx';
import { submitting } from '../../ui/form.tsx';
import { Answer, Card } from '../../ui/page.tsx';
import { Badge, Name } from '../../ui/text.tsx';
import { LeaveGroup } from '../people/leave-group.tsx';
import { NewGroupForm } from '../people/new-group-form.tsx';
import { flagsOf, roleOf } from '../people/permissions.ts';
import { invitationIn } from './invitation.ts';
import { Refusal } from './refusal.tsx';

export function GroupsTab() {
  const groups = useQuery(groupsQuery);
  const session = useQuery(sessionQuery);
  const [leaving, setLeaving] = useState<Group>();
  return (
    <div className="stack">
      <Card title="Your groups">
        <Answer query={groups}>
          {(known) => (
            <DataTable
              label="Your groups"
              columns={columnsOf(session.data?.id ?? 0, setLeaving)}
              rows={known}
              rowId={({ id }) => String(id)}
            />
          )}
        </Answer>
      </Card>
      <div className="grid">
        <Card title="Make a group">
          <NewGroupForm />
        </Card>
        <Card title="Join a group">
          <JoinForm />
        </Card>
      </div>
      <LeaveGroup group={leaving} onClose={() => setLeaving(undefined)} />
    </div>
  );
}

const columnsOf = (self: number, onLeave: (group: Group) => void): readonly Column<Group>[] => [
  {
    id: 'name',
    title: 'Group',
    width: 220,
    cell: ({ id, name }) => (
      <Link to="/$group" params={{ group: id }}>
        <Name>{name}</Name>
      </Link>
    ),
  },
  {
    id: 'role',
    title: 'You are',
    width: 160,
    cell: (group) => <Badge>{roleOf(flagsOf(group, self))}</Badge>,
  },
  {
    id: 'members',
    title: 'Members',
    width: 110,
    cell: ({ id, members }) => (
      <Link to="/$group/people" params={{ group: id }} search={{}}>
        {members.length}
      </Link>
    ),
  },
  {
    id: 'leave',
    title: 'Action',
    width: 110,
    cell: (group) => (
      <Button kind="quiet" aria-label={`Leave ${group.name}`} onClick={() => onLeave(group)}>
        Leave
      </Button>
    ),
  },
];

function JoinForm() {
  const [text, setText] = useState('');
  const queries = useQueryClient();
  const [joined, setJoined] = useState<Group>();
  const joining = useMutation({
    mutationFn: () =>
      answerOf(dioptra.POST('/groups/join', { body: { invitation: invitationIn(text) } })),
    onSuccess: (group) => {
      setText('');
      setJoined(group);
      return queries.invalidateQueries({ queryKey: groupsQuery.queryKey });
    },
  });
  const submit = submitting(() => joining.mutate());
  return (
    <form className="account-form" onSubmit={submit}>
      <TextField
        label="Invitation"
        required
        autoComplete="off"
        spellCheck={false}
        maxLength={400}
        value={text}
        onChange={({ target }) => setText(target.value)}
        hint="The link or the text (asi_…) that you were given. It works once."
      />
      <div>
        <Button type="submit" busy={joining.isPending}>
          Join
        </Button>
      </div>
      {joined !== undefined && (
        <p role="status">
          You are in{' '}
          <Link to="/$group" params={{ group: joined.id }}>
            <Name>{joined.name}</Name>
          </Link>
          .
        </p>
      )}
      {joining.isError && <Refusal error={joining.error} />}
    </form>
  );
}

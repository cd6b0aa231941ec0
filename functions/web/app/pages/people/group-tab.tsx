import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { answerOf, dioptra } from '../../data/api.ts';
import { type Group, groupsQuery } from '../../data/session.ts';
import { Button } from '../../ui/button.tsx';
import { TextField } from '../../ui/field.tsx';
import { submitting } from '../../ui/form.tsx';
import { useNotices } from '../../ui/notices.tsx';
import { Card } from '../../ui/page.tsx';
import { Facts, Name, Time } from '../../ui/text.tsx';
import { Refusal } from '../account/refusal.tsx';
import { refusalOf } from '../account/refusals.ts';
import { groupQuery, limitsQuery } from './group-query.ts';
import { LeaveGroup } from './leave-group.tsx';
import { NewGroupForm } from './new-group-form.tsx';
import { type Flags, manages, PUBLIC_GROUP, roleOf } from './permissions.ts';

interface GroupTabProps {
  readonly group: Group;
  readonly own: Flags;
}

export function GroupTab({ group, own }: GroupTabProps) {
  const [leaving, setLeaving] = useState(false);
  const limits = useQuery(limitsQuery(group.id));
  const most = limits.data?.runningJobs;
  return (
    <div className="grid">
      <Card title="This group">
        <Facts
          facts={[
            ['Number', group.id],
            ['Made', <Time key="made" at={group.createdOn} />],
            ['Made by', <Name key="by">{group.user.username}</Name>],
            ['You are', roleOf(own)],
            ['Jobs that may run at a time', most === null ? 'No limit' : (most ?? '–')],
          ]}
        />
        <p className="quiet">Administrators of the deployment set the limit.</p>
      </Card>
      <Card title="Name">
        <RenameForm key={group.name} group={group} own={own} />
      </Card>
      <Card title="Leave">
        <p>
          What you made here stays. The only owner makes another member an owner first, or stays.
        </p>
        <div>
          <Button kind="danger" onClick={() => setLeaving(true)}>
            Leave the group
          </Button>
        </div>
        <LeaveGroup group={leaving ? group : undefined} onClose={() => setLeaving(false)} />
      </Card>
      <Card title="Make another group">
        <NewGroupForm />
      </Card>
    </div>
  );
}

const whyNotRename = (group: Group, own: Flags): string | undefined => {
  if (group.id === PUBLIC_GROUP) return 'The group “public” keeps its name.';
  return manages(own) ? undefined : 'Only owners and administrators of the group rename it.';
};

function RenameForm({ group, own }: GroupTabProps) {
  const [name, setName] = useState(group.name);
  const queries = useQueryClient();
  const { done } = useNotices();
  const renaming = useMutation({
    mutationFn: () =>
      answerOf(dioptra.PUT('/groups/{id}', { params: { path: { id: group.id } }, body: { name } })),
    onSuccess: async () => {
      done('The group has its new name.');
      await queries.invalidateQueries({ queryKey: groupsQuery.queryKey });
      await queries.invalidateQueries({ queryKey: groupQuery(group.id).queryKey });
    },
  });
  const submit = submitting(() => renaming.mutate());
  const why = whyNotRename(group, own);
  const nameError = refusalOf(renaming.error, 'name');
  return (
    <form className="account-form" onSubmit={submit}>
      <TextField
        label="Name of the group"
        required
        maxLength={256}
        disabled={why !== undefined}
        value={name}
        onChange={({ target }) => setName(target.value)}
        error={nameError}
        hint={why ?? 'Programs that name it as a workspace of MLflow’s need the new one.'}
      />
      <div>
        <Button
          type="submit"
          busy={renaming.isPending}
          disabled={why !== undefined || name === group.name}
          title={why}
        >
          Rename
        </Button>
      </div>
      {renaming.isError && nameError === undefined && <Refusal error={renaming.error} />}
    </form>
  );
}

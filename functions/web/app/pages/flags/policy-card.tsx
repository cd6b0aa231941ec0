import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { answerOf, dioptra, type PosthogBody, posthog } from '../../data/api.ts';
import { useGroup } from '../../data/use-group.ts';
import { Button } from '../../ui/button.tsx';
import { Confirm } from '../../ui/dialog.tsx';
import { Checkbox, SelectField, TextField } from '../../ui/field.tsx';
import { submitting } from '../../ui/form.tsx';
import { useNotices } from '../../ui/notices.tsx';
import { Answer, Card, ErrorNote } from '../../ui/page.tsx';
import { Part } from '../abtests/part.tsx';
import { projectOf } from '../abtests/queries.ts';
import { useRights } from '../abtests/use-rights.ts';
import { daysOfDuration, LEVELS, policyWords, WATCHED } from './policy-words.ts';
import { type Policy, policiesQuery } from './queries.ts';

/** Who is in the group, and what they may do there. */
const membersQuery = (group: number) => ({
  queryKey: ['group', group, 'members'] as const,
  queryFn: () =>
    answerOf(dioptra.GET('/groups/{id}', { params: { path: { id: group } } })).then(
      ({ members }) => members,
    ),
});

/** The policy by which changes of flags are approved, and for managers the way to change it. */
export function PolicyCard() {
  const { whyNotManage } = useRights();
  const query = useQuery(policiesQuery(useGroup()));
  const members = useQuery(membersQuery(useGroup()));
  const [isOpen, setIsOpen] = useState(false);
  const nameOf = (id: number): string =>
    members.data?.find(({ user }) => user.id === id)?.user.username ?? `account ${id}`;
  return (
    <Card
      title="Approval policy"
      actions={
        !isOpen &&
        query.data !== undefined && (
          <Button
            disabled={whyNotManage !== undefined}
            title={whyNotManage}
            onClick={() => setIsOpen(true)}
          >
            {query.data.results.length === 0 ? 'Make a policy' : 'Change the policy'}
          </Button>
        )
      }
    >
      <Answer query={query}>
        {({ results: [policy] }) =>
          isOpen ? (
            <PolicyForm
              policy={policy}
              members={(members.data ?? []).map(({ user }) => user)}
              onDone={() => setIsOpen(false)}
            />
          ) : policy === undefined ? (
            <p className="quiet">There is none: flags change at once.</p>
          ) : (
            <ul>
              {policyWords(policy, nameOf).map((sentence) => (
                <li key={sentence}>
                  <bdi>{sentence}</bdi>
                </li>
              ))}
            </ul>
          )
        }
      </Answer>
    </Card>
  );
}

interface Draft {
  readonly users: readonly number[];
  readonly quorum: string;
  readonly field: string;
  readonly self: boolean;
  readonly bypass: readonly number[];
  readonly days: string;
  readonly enabled: boolean;
}

const draftOf = (policy: Policy | undefined): Draft => ({
  users: policy?.approver_config.users ?? [],
  quorum: String(policy?.approver_config.quorum ?? 1),
  field: policy?.conditions.field ?? '',
  self: policy?.allow_self_approve ?? false,
  bypass: policy?.bypass_org_membership_levels ?? [],
  days: String(policy === undefined ? 14 : daysOfDuration(policy.expires_after)),
  enabled: policy?.enabled ?? true,
});

const bodyOf = (draft: Draft) => ({
  approver_config: { users: [...draft.users], quorum: Number(draft.quorum) },
  conditions: {
    type: 'any_change' as const,
    ...(draft.field !== '' && { field: draft.field }),
  },
  allow_self_approve: draft.self,
  bypass_org_membership_levels: [...draft.bypass],
  expires_after: Math.round(Number(draft.days) * 86_400),
  enabled: draft.enabled,
});

interface PolicyFormProps {
  readonly policy: Policy | undefined;
  readonly members: readonly { readonly id: number; readonly username: string }[];
  readonly onDone: () => void;
}

const toggled = (list: readonly number[], each: number, isIn: boolean): readonly number[] =>
  isIn ? [...list, each] : list.filter((other) => other !== each);

function usePolicy(onDone: () => void) {
  const group = useGroup();
  const queries = useQueryClient();
  const notices = useNotices();
  return useMutation({
    mutationFn: async (draft: Draft | undefined) => {
      const params = { path: { project: projectOf(group) } };
      const path = '/api/projects/{project}/approval_policies';
      await (draft === undefined
        ? answerOf(posthog.DELETE(path, { params }))
        : answerOf(
            posthog.PUT(path, { params, body: bodyOf(draft) as PosthogBody<'setApprovalPolicy'> }),
          ));
    },
    onSuccess: (_, draft) => {
      void queries.invalidateQueries({ queryKey: policiesQuery(group).queryKey });
      notices.done(draft === undefined ? 'Flags change at once now.' : 'The policy was saved.');
      onDone();
    },
  });
}

function PolicyForm({ policy, members, onDone }: PolicyFormProps) {
  const [draft, setDraft] = useState(() => draftOf(policy));
  const [asks, setAsks] = useState(false);
  const save = usePolicy(onDone);
  const change = (part: Partial<Draft>): void => setDraft((before) => ({ ...before, ...part }));
  const submit = submitting(() => save.mutate(draft));
  return (
    <form className="stack" onSubmit={submit}>
      <Part title="Who approves">
        <p className="quiet">Nobody chosen: those who manage the group.</p>
        {members.map(({ id, username }) => (
          <Checkbox
            key={id}
            label={<bdi>{username}</bdi>}
            checked={draft.users.includes(id)}
            onChange={({ target }) => change({ users: toggled(draft.users, id, target.checked) })}
          />
        ))}
      </Part>
      <div className="grid">
        <TextField
          label="How many must approve"
          type="number"
          min={1}
          max={20}
          required
          value={draft.quorum}
          onChange={({ target }) => change({ quorum: target.value })}
        />
        <SelectField
          label="For which changes"
          value={draft.field}
          onChange={({ target }) => change({ field: target.value })}
        >
          <option value="">every change of a flag</option>
          {Object.entries(WATCHED).map(([name, text]) => (
            <option key={name} value={name}>
              {text}
            </option>
          ))}
        </SelectField>
        <TextField
          label="Days until a request expires"
          type="number"
          min={0.01}
          max={90}
          step="any"
          required
          value={draft.days}
          onChange={({ target }) => change({ days: target.value })}
        />
      </div>
      <Part title="Who changes flags without being asked">
        {LEVELS.map(([level, text]) => (
          <Checkbox
            key={level}
            label={text}
            checked={draft.bypass.includes(level)}
            onChange={({ target }) =>
              change({ bypass: toggled(draft.bypass, level, target.checked) })
            }
          />
        ))}
      </Part>
      <Checkbox
        label="Who asks for a change may approve it, too"
        checked={draft.self}
        onChange={({ target }) => change({ self: target.checked })}
      />
      <Checkbox
        label="The policy is in force"
        checked={draft.enabled}
        onChange={({ target }) => change({ enabled: target.checked })}
      />
      {save.isError && <ErrorNote error={save.error} />}
      <div className="row">
        <Button type="submit" kind="primary" busy={save.isPending}>
          Save the policy
        </Button>
        <Button onClick={onDone}>Cancel</Button>
        {policy !== undefined && (
          <Button kind="danger" onClick={() => setAsks(true)}>
            Remove the policy …
          </Button>
        )}
      </div>
      <Confirm
        title="Remove the policy"
        open={asks}
        onClose={() => setAsks(false)}
        action="Remove it"
        danger
        busy={save.isPending}
        onConfirm={() => {
          setAsks(false);
          save.mutate(undefined);
        }}
      >
        <p>
          From then on flags change at once. Requests that wait keep the policy that they were made
          under. You can make a policy again.
        </p>
      </Confirm>
    </form>
  );
}

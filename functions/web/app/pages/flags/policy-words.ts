interface Policy {
  readonly approver_config: { readonly users: readonly number[]; readonly quorum: number };
  readonly conditions: { readonly field?: string };
  readonly bypass_org_membership_levels: readonly number[];
  readonly allow_self_approve: boolean;
  readonly expires_after: string;
  readonly enabled: boolean;
}

/** What a policy may look at alone. */
export const WATCHED: Readonly<Record<string, string>> = {
  key: 'changes of the key',
  name: 'changes of the description',
  active: 'switching on or off',
  deleted: 'deleting and bringing back',
  filters: 'changes of conditions, variants or payloads',
  tags: 'changes of tags',
  rollout_percentage: 'changes of rollout percentages',
};

/** Roles in the group, by the numbers that the API has for them. */
export const LEVELS: readonly (readonly [number, string])[] = [
  [1, 'members'],
  [8, 'administrators of the group'],
  [15, 'owners of the group'],
];

/** "14 00:00:00" as 14. */
export function daysOfDuration(text: string): number {
  const [, days = '0', hours = '0', minutes = '0', seconds = '0'] =
    /^(?:(\d+) )?(\d+):(\d+):(\d+)$/.exec(text) ?? [];
  const all =
    Number(days) * 86_400 + Number(hours) * 3_600 + Number(minutes) * 60 + Number(seconds);
  return Number((all / 86_400).toFixed(4));
}

/** A policy in sentences. */
export function policyWords(policy: Policy, nameOf: (id: number) => string): readonly string[] {
  const { users, quorum } = policy.approver_config;
  const who = users.length === 0 ? 'those who manage the group' : users.map(nameOf).join(', ');
  const { field } = policy.conditions;
  const what = field === undefined ? 'Every change of a flag' : `Only ${WATCHED[field] ?? field}`;
  const free = LEVELS.filter(([level]) => policy.bypass_org_membership_levels.includes(level));
  const days = daysOfDuration(policy.expires_after);
  return [
    ...(policy.enabled ? [] : ['The policy is not in force: flags change at once.']),
    `${what} ${field === undefined ? 'needs' : 'need'} ${quorum} ${quorum === 1 ? 'approval' : 'approvals'}, by: ${who}.`,
    policy.allow_self_approve
      ? 'Who asks for a change may approve it, too.'
      : 'Nobody approves a change of their own.',
    ...(free.length === 0
      ? []
      : [
          `Without being asked, flags are changed by ${free.map(([, text]) => text).join(' and ')}.`,
        ]),
    `A request expires after ${days} ${days === 1 ? 'day' : 'days'}.`,
  ];
}

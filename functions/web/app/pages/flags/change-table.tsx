import { Link } from '@tanstack/react-router';
import { useGroup } from '../../data/use-group.ts';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { Badge, Name, Time, type Tone } from '../../ui/text.tsx';
import type { ChangeRequest } from './queries.ts';

const STATES: Readonly<Record<ChangeRequest['state'], readonly [string, Tone]>> = {
  pending: ['Waits', 'busy'],
  applied: ['Done', 'good'],
  rejected: ['Rejected', 'bad'],
  expired: ['Expired', 'warn'],
  failed: ['Failed', 'bad'],
};

/** Taken back by whoever asked for it, which the API stores as a rejection. */
export const isCancelled = ({ result_data: result }: ChangeRequest): boolean =>
  result?.canceled === true;

export function ChangeState({ change }: { readonly change: ChangeRequest }) {
  if (isCancelled(change)) return <Badge>Taken back</Badge>;
  const [word, tone] = STATES[change.state];
  return <Badge tone={tone}>{word}</Badge>;
}

export const titleOf = ({ intent_display: shown, id }: ChangeRequest): string =>
  typeof shown.description === 'string' ? shown.description : `Change ${id}`;

/** How many of the votes that it needs a change has. */
export const votesOf = ({ approvals, policy_snapshot: policy }: ChangeRequest): string => {
  const yes = approvals.filter(({ decision }) => decision === 'approved').length;
  return `${yes} of ${policy.approver_config.quorum}`;
};

export function ChangeTable({ changes }: { readonly changes: readonly ChangeRequest[] }) {
  const group = useGroup();
  return (
    <DataTable
      label="Change requests"
      columns={columnsOf(group)}
      rows={changes}
      rowId={({ id }) => String(id)}
    />
  );
}

const columnsOf = (group: number): readonly Column<ChangeRequest>[] => [
  {
    id: 'id',
    title: 'Request',
    width: 300,
    cell: (change) => (
      <Link to="/$group/change-requests/$request" params={{ group, request: String(change.id) }}>
        #{change.id} <Name>{titleOf(change)}</Name>
      </Link>
    ),
  },
  {
    id: 'state',
    title: 'State',
    width: 100,
    cell: (change) => <ChangeState change={change} />,
  },
  {
    id: 'what',
    title: 'Changes',
    width: 200,
    cell: ({ intent }) => <Name>{Object.keys(intent).join(', ')}</Name>,
  },
  {
    id: 'by',
    title: 'Asked by',
    width: 120,
    cell: ({ created_by: person }) => <Name>{person?.first_name ?? '–'}</Name>,
  },
  { id: 'at', title: 'Asked', width: 120, cell: ({ created_at: at }) => <Time at={at} /> },
  { id: 'votes', title: 'Approvals', width: 110, cell: votesOf },
  {
    id: 'you',
    title: 'You',
    width: 140,
    cell: ({ can_approve, user_decision, is_requester }) =>
      user_decision !== null
        ? `you ${user_decision}`
        : can_approve
          ? 'are asked'
          : is_requester
            ? 'asked for it'
            : '–',
  },
];

import { Button } from '../../ui/button.tsx';
import type { Column } from '../../ui/data-table.tsx';
import { Name, Time } from '../../ui/text.tsx';
import { type AuditRecord, actionOf, thingsOf } from './audit-record.ts';
import { ThingLink } from './thing-link.tsx';

/** Who it was: a person, by a token, or the job of a person. */
export function Actor({ record: { user, tokenId, job } }: { readonly record: AuditRecord }) {
  if (user === null) return <span className="quiet">Nobody signed in</span>;
  return (
    <>
      <Name>{user.username}</Name>
      {job !== null && <span className="quiet"> in job {job}</span>}
      {job === null && tokenId !== null && <span className="quiet"> by a token</span>}
    </>
  );
}

const SHOWN_THINGS = 3;

function Things({ record, group }: { readonly record: AuditRecord; group: number | undefined }) {
  const things = thingsOf(record);
  return (
    <>
      {things.slice(0, SHOWN_THINGS).map((thing, at) => (
        <span key={`${thing.kind} ${thing.id}`}>
          {at > 0 && ', '}
          <ThingLink thing={thing} group={group} />
        </span>
      ))}
      {things.length > SHOWN_THINGS && ` and ${things.length - SHOWN_THINGS} more`}
    </>
  );
}

export const auditColumns = (
  group: number | undefined,
  onShow: (record: AuditRecord) => void,
): readonly Column<AuditRecord>[] => [
  { id: 'when', title: 'When', width: 110, cell: ({ createdOn }) => <Time at={createdOn} /> },
  { id: 'who', title: 'Who', width: 180, cell: (record) => <Actor record={record} /> },
  {
    id: 'what',
    title: 'What',
    width: 220,
    cell: (record) => (
      <Button
        kind="quiet"
        className="audit-action"
        title="Show the details"
        onClick={() => onShow(record)}
      >
        {actionOf(record)}
      </Button>
    ),
  },
  {
    id: 'which',
    title: 'Which',
    width: 280,
    cell: (record) => <Things record={record} group={group} />,
  },
];

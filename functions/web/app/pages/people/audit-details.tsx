import type { ReactNode } from 'react';
import { fullTime } from '../../data/format.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { Copyable, Facts } from '../../ui/text.tsx';
import { Actor } from './audit-columns.tsx';
import { auditJson } from './audit-file.ts';
import { type AuditRecord, actionOf, thingsOf } from './audit-record.ts';
import { ThingLink } from './thing-link.tsx';

interface AuditDetailsProps {
  readonly record: AuditRecord | undefined;
  readonly group: number | undefined;
  readonly onClose: () => void;
}

const mono = (text: string | null): ReactNode =>
  text === null ? '–' : <bdi className="mono">{text}</bdi>;

/** All that is noted of one call. */
export function AuditDetails({ record, group, onClose }: AuditDetailsProps) {
  return (
    <Dialog
      title={record === undefined ? '' : actionOf(record)}
      open={record !== undefined}
      onClose={onClose}
      wide
    >
      {record !== undefined && (
        <div className="stack">
          <Facts
            facts={[
              ['When', fullTime(record.createdOn)],
              ['Who', <Actor key="who" record={record} />],
              ['Which', <AllThings key="which" record={record} group={group} />],
              ['Call', mono(`${record.method} ${record.path}`)],
              ['Operation', mono(record.operationId)],
              ['Number of the request', mono(record.requestId)],
              ['Number of the token', mono(record.tokenId)],
              ['SHA-256 of the input', mono(record.inputSha256)],
              ...Object.entries(record.stated ?? {}).map(
                ([name, value]) => [`Header ${name}`, mono(value)] as const,
              ),
            ]}
          />
          <details>
            <summary>As the API tells it</summary>
            <Copyable text={auditJson([record])} label="Copy the record" />
          </details>
        </div>
      )}
    </Dialog>
  );
}

const AllThings = ({ record, group }: { record: AuditRecord; group: number | undefined }) => (
  <>
    {thingsOf(record).map((thing) => (
      <div key={`${thing.kind} ${thing.id}`}>
        <ThingLink thing={thing} group={group} />
      </div>
    ))}
    {record.job !== null && (
      <div>
        <ThingLink thing={{ kind: 'job', id: String(record.job) }} group={group} />
        <span className="quiet"> (it was done there)</span>
      </div>
    )}
  </>
);

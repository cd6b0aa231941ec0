import { csvLines } from '../../data/csv-text.ts';
import { type AuditRecord, actionOf, thingsOf } from './audit-record.ts';

const COLUMNS: readonly (readonly [string, (record: AuditRecord) => string | number | null])[] = [
  ['time', ({ createdOn }) => createdOn],
  ['person', ({ user }) => user?.username ?? null],
  ['person_id', ({ user }) => user?.id ?? null],
  ['token_id', ({ tokenId }) => tokenId],
  ['job', ({ job }) => job],
  ['action', actionOf],
  [
    'changed',
    (record) =>
      thingsOf(record)
        .map(({ kind, id }) => `${kind} ${id}`.trim())
        .join('; '),
  ],
  ['operation', ({ operationId }) => operationId],
  ['method', ({ method }) => method],
  ['path', ({ path }) => path],
  ['request_id', ({ requestId }) => requestId],
  ['input_sha256', ({ inputSha256 }) => inputSha256],
];

/** The trail as a table for spreadsheets. */
export function auditCsv(records: readonly AuditRecord[]): string {
  return csvLines([
    COLUMNS.map(([name]) => name),
    ...records.map((record) => COLUMNS.map(([, read]) => read(record))),
  ]);
}

/** As the API tells it. */
export const auditJson = (records: readonly AuditRecord[]): string =>
  `${JSON.stringify(records, null, 2)}\n`;

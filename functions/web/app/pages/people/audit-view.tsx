import { type UseInfiniteQueryResult, useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Button } from '../../ui/button.tsx';
import { DataTable } from '../../ui/data-table.tsx';
import { Menu } from '../../ui/menu.tsx';
import { Answer, Empty } from '../../ui/page.tsx';
import { saveFile } from '../../ui/save-file.ts';
import { FreshnessOf } from '../../ui/text.tsx';
import { auditColumns } from './audit-columns.tsx';
import { AuditDetails } from './audit-details.tsx';
import { auditCsv, auditJson } from './audit-file.ts';
import { AuditFilters } from './audit-filters.tsx';
import { auditQuery } from './audit-query.ts';
import { type AuditFilter, type AuditRecord, goesFurtherBack, isWanted } from './audit-record.ts';

interface AuditViewProps {
  /** Nothing: what belongs to no group. */
  readonly group: number | undefined;
  readonly filter: AuditFilter;
  readonly onFilter: (filter: AuditFilter) => void;
}

/** Who changed what, when: newest first, older ones as one goes down. */
export function AuditView({ group, filter, onFilter }: AuditViewProps) {
  const query = useInfiniteQuery(auditQuery(group));
  return (
    <Answer query={query}>
      {({ pages }) => {
        const records = pages.flatMap(({ data }) => data);
        return (
          <Trail
            group={group}
            filter={filter}
            onFilter={onFilter}
            records={records}
            query={query}
          />
        );
      }}
    </Answer>
  );
}

interface TrailProps extends AuditViewProps {
  readonly records: readonly AuditRecord[];
  readonly query: Pick<
    UseInfiniteQueryResult,
    'fetchNextPage' | 'hasNextPage' | 'isFetching' | 'dataUpdatedAt' | 'error' | 'refetch'
  >;
}

function Trail({ group, filter, onFilter, records, query }: TrailProps) {
  const [shown, setShown] = useState<AuditRecord>();
  const wanted = records.filter((record) => isWanted(record, filter));
  const isFiltered = Object.values(filter).some((value) => value !== undefined);
  const older = query.hasNextPage && goesFurtherBack(records, filter);
  const more = (): void => {
    if (older && !query.isFetching) void query.fetchNextPage();
  };
  if (records.length === 0) {
    return (
      <Empty title="Nothing is noted yet">
        <p>Whatever changes something is noted here for 400 days.</p>
      </Empty>
    );
  }
  return (
    <div className="stack">
      <AuditFilters records={records} filter={filter} onFilter={onFilter} />
      <div className="row">
        <span className="spring" />
        <FreshnessOf query={query} />
        <Export records={wanted} />
      </div>
      <DataTable
        label="Audit trail"
        columns={auditColumns(group, setShown)}
        rows={wanted}
        rowId={({ requestId, operationId }) => `${requestId} ${operationId}`}
        height="max(20rem, calc(100dvh - 20rem))"
        onEnd={isFiltered ? undefined : more}
        footer={
          <span className="row" role="status">
            {isFiltered
              ? `${wanted.length} among the ${records.length} newest, which were looked through.`
              : `${records.length} loaded.`}
            {older && isFiltered && (
              <Button busy={query.isFetching} onClick={more}>
                Look further back
              </Button>
            )}
            {older && !isFiltered && query.isFetching && ' Loading older ones …'}
            {!older && ' There are no older ones.'}
          </span>
        }
      />
      <AuditDetails record={shown} group={group} onClose={() => setShown(undefined)} />
    </div>
  );
}

/** What is loaded and wanted, as a file. */
function Export({ records }: { readonly records: readonly AuditRecord[] }) {
  const day = new Date().toISOString().slice(0, 10);
  return (
    <Menu label="Export">
      <Button
        onClick={() => saveFile(`audit-${day}.csv`, 'text/csv;charset=utf-8', auditCsv(records))}
      >
        The {records.length} shown, as CSV
      </Button>
      <Button onClick={() => saveFile(`audit-${day}.json`, 'application/json', auditJson(records))}>
        The {records.length} shown, as JSON
      </Button>
    </Menu>
  );
}

import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useCallback, useMemo, useState } from 'react';
import { count } from '../../data/format.ts';
import { useGroup } from '../../data/use-group.ts';
import { buttonClass } from '../../ui/button.tsx';
import { DataTable } from '../../ui/data-table.tsx';
import { Empty, ErrorNote, Loading, Page } from '../../ui/page.tsx';
import { FreshnessOf } from '../../ui/text.tsx';
import { BulkActions } from './bulk-actions.tsx';
import { firstJobCode } from './first-job-code.ts';
import { jobColumns } from './job-columns.tsx';
import { jobsQuery } from './job-queries.ts';
import { JobsFilter } from './jobs-filter.tsx';
import { type JobsSearch, SORTABLE } from './jobs-search.ts';
import { jobsRouteApi } from './route-apis.ts';
import './jobs-page.css';

const NOTHING: ReadonlySet<string> = new Set();

/** All jobs of the group: found by state, words and where they belong, and live while one runs. */
export function JobsPage() {
  const group = useGroup();
  const search = jobsRouteApi.useSearch();
  const query = useJobs(group, search);
  return (
    <Page
      title="Jobs"
      actions={
        <Link to="/$group/jobs/new" params={{ group }} className={buttonClass('primary')}>
          Submit a job
        </Link>
      }
      freshness={<FreshnessOf query={query} />}
    >
      <JobsFilter search={search} />
      {query.data === undefined ? (
        query.isError ? (
          <ErrorNote error={query.error} onRetry={() => void query.refetch()} />
        ) : (
          <Loading />
        )
      ) : (
        <JobsFound query={query} search={search} />
      )}
    </Page>
  );
}

const useJobs = (group: number, search: JobsSearch) => useInfiniteQuery(jobsQuery(group, search));

interface FoundProps {
  readonly query: ReturnType<typeof useJobs>;
  readonly search: JobsSearch;
}

function JobsFound({ query, search }: FoundProps) {
  const group = useGroup();
  const navigate = jobsRouteApi.useNavigate();
  const [selected, setSelected] = useState(NOTHING);
  const columns = useMemo(() => jobColumns(group), [group]);
  const { data, hasNextPage, isFetchingNextPage, fetchNextPage } = query;
  const rows = useMemo(() => data?.pages.flatMap((page) => page.data) ?? [], [data]);
  const more = useCallback(() => void fetchNextPage(), [fetchNextPage]);
  const total = data?.pages[0]?.totalNumResults ?? 0;
  const isAll = Object.keys(search).length === 0;
  if (rows.length === 0 && total === 0 && isAll) return <NoJobs />;
  const chosen = rows.filter(({ id }) => selected.has(String(id)));
  return (
    <>
      <BulkActions jobs={chosen} onDone={() => setSelected(NOTHING)} />
      <DataTable
        label="Jobs"
        columns={columns}
        rows={rows}
        rowId={({ id }) => String(id)}
        rowName={({ id }) => `Job ${id}`}
        height="calc(100dvh - 17rem)"
        sort={{ by: search.sort ?? 'id', descending: search.up !== true }}
        onSort={({ by, descending }) => {
          const sort = SORTABLE.find((each) => each === by);
          void navigate({
            search: (before) => ({ ...before, sort, up: !descending || undefined }),
          });
        }}
        selected={selected}
        onSelect={setSelected}
        onEnd={hasNextPage && !isFetchingNextPage ? more : undefined}
        footer={footerOf(rows.length, total)}
      />
    </>
  );
}

function footerOf(shown: number, total: number): string {
  if (shown < total) return `${count(shown)} of ${count(total)} jobs; more come as you scroll.`;
  if (shown === 0) return 'No job fits. Choose another state or other words.';
  return shown === 1 ? '1 job' : `${count(shown)} jobs`;
}

function NoJobs() {
  return (
    <Empty
      title="No jobs yet"
      code={firstJobCode(window.location.origin)}
      action={<p>Submit one here, or with Dioptra's Python client:</p>}
    >
      <p>
        A job runs an entrypoint of an experiment on a worker, and keeps its log, metrics and
        artifacts.
      </p>
    </Empty>
  );
}

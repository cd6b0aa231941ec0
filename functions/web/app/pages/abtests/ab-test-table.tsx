import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useGroup } from '../../data/use-group.ts';
import { type Column, DataTable, type Sort } from '../../ui/data-table.tsx';
import { Badge, Name, Time, useNow } from '../../ui/text.tsx';
import { dayNumber } from './days.ts';
import type { Metric } from './metric.ts';
import { type Experiment, type Measured, measuresOf, statsOf, variantsOf } from './model.ts';
import { exposuresQuery, resultQuery } from './queries.ts';
import { type Analysis, type ResultRow, rowsOf, verdictOf } from './result-rows.ts';
import { StatusBadge } from './status-badge.tsx';
import { useCaughtUp } from './use-caught-up.ts';
import { chanceText, difference, pValueText } from './words.ts';

const WORKED_OUT = 20;

interface TableProps {
  readonly experiments: readonly Experiment[];
  readonly sort: Sort;
  readonly onSort: (sort: Sort) => void;
  readonly footer: ReactNode;
}

export function AbTestTable({ experiments, sort, onSort, footer }: TableProps) {
  const group = useGroup();
  // Each result is worked out from events: those of the first rows are enough at a glance.
  const glanced = new Set(
    experiments.filter(({ start_date }) => start_date !== null).slice(0, WORKED_OUT),
  );
  const columns: readonly Column<Experiment>[] = [
    {
      id: 'name',
      title: 'Name',
      sortable: true,
      width: 220,
      cell: ({ id, name }) => (
        <Link to="/$group/ab-tests/$test" params={{ group, test: String(id) }}>
          <Name>{name}</Name>
        </Link>
      ),
    },
    {
      id: 'status',
      title: 'Status',
      sortable: true,
      width: 125,
      cell: (experiment) => <StatusBadge experiment={experiment} brief />,
    },
    {
      id: 'result',
      title: 'First primary metric',
      width: 250,
      cell: (experiment) =>
        glanced.has(experiment) ? <Glance experiment={experiment} /> : <Quiet>–</Quiet>,
    },
    {
      id: 'flag',
      title: 'Flag',
      width: 140,
      cell: ({ feature_flag: flag, feature_flag_key: key }) =>
        flag === null ? (
          <Name>{key}</Name>
        ) : (
          <Link to="/$group/flags/$flag" params={{ group, flag: String(flag.id) }}>
            <Name>{key}</Name>
          </Link>
        ),
    },
    {
      id: 'variants',
      title: 'Variants',
      width: 120,
      cell: (experiment) => (
        <bdi>
          {variantsOf(experiment)
            .map(({ key }) => key)
            .join(', ')}
        </bdi>
      ),
    },
    {
      id: 'start_date',
      title: 'Started',
      sortable: true,
      width: 115,
      cell: ({ start_date }) => <Time at={start_date} />,
    },
    {
      id: 'duration',
      title: 'Day',
      numeric: true,
      sortable: true,
      width: 60,
      cell: (experiment) => <Day experiment={experiment} />,
    },
    {
      id: 'created_by',
      title: 'Made by',
      width: 90,
      cell: ({ created_by: person }) => <Name>{person?.first_name ?? '–'}</Name>,
    },
  ];
  return (
    <DataTable
      label="A/B tests"
      columns={columns}
      rows={experiments}
      rowId={({ id }) => String(id)}
      sort={sort}
      onSort={onSort}
      footer={footer}
    />
  );
}

const Quiet = ({ children }: { children: ReactNode }) => <span className="quiet">{children}</span>;

function Day({ experiment }: { readonly experiment: Experiment }) {
  return <>{dayNumber(experiment, useNow(60_000)) ?? '–'}</>;
}

/** The variant that differs most clearly in the first primary metric. */
function Glance({ experiment }: { readonly experiment: Experiment }) {
  const measured = measuresOf(experiment).find(({ primary }) => primary);
  if (measured === undefined) return <Quiet>no metric</Quiet>;
  return <GlanceOf experiment={experiment} measured={measured} />;
}

function topOf(metric: Metric, result: Analysis): ResultRow | undefined {
  const compared = rowsOf(metric, result).filter(({ estimate }) => estimate !== undefined);
  const [top] = compared.toSorted(
    (a, b) =>
      Number(b.significant) - Number(a.significant) ||
      Math.abs(b.estimate ?? 0) - Math.abs(a.estimate ?? 0),
  );
  return top;
}

function GlanceOf({ experiment, measured }: { experiment: Experiment; measured: Measured }) {
  const group = useGroup();
  const query = useQuery(resultQuery(group, experiment.id, measured));
  // A kept result with too little may be from before anybody came.
  const isKept = query.data?.is_cached === true && topOf(measured.metric, query.data) === undefined;
  const exposures = useQuery({ ...exposuresQuery(group, experiment.id), enabled: isKept });
  useCaughtUp(experiment, [measured], [query.data], exposures.data);
  if (query.isError) return <Quiet>not computable: see its page</Quiet>;
  if (query.data === undefined) return <Quiet>…</Quiet>;
  const { metric } = measured;
  const top = topOf(metric, query.data);
  if (top?.estimate === undefined) return <Quiet>too little data</Quiet>;
  const verdict = verdictOf(metric, top);
  const sure =
    top.chanceToWin === undefined
      ? `p ${pValueText(top.pValue ?? Number.NaN)}`
      : `${chanceText(top.chanceToWin)} to win`;
  const tone = verdict === 'better' ? 'good' : verdict === 'worse' ? 'bad' : 'plain';
  return (
    <span title={`${measured.name}, worked out at ${query.data.last_refresh}`}>
      <Badge tone={tone}>{difference(top.estimate, statsOf(experiment).absolute)}</Badge>{' '}
      <Name>{top.key}</Name>, {sure}
      {verdict === 'open' && <Quiet> · open</Quiet>}
    </span>
  );
}

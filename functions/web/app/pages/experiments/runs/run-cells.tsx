import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { ago, duration, fullTime, number } from '../../../data/format.ts';
import type { Column } from '../../../ui/data-table.tsx';
import { Badge, type Tone } from '../../../ui/text.tsx';
import { type Attribute, columnOf, idOf, orderedBy, type RunColumn } from './run-columns.ts';
import {
  isLocked,
  isUnended,
  jobOf,
  parentOf,
  type RunRow,
  type RunStatus,
  secondsOf,
  valueIn,
} from './run-row.ts';

const STATUSES: Readonly<Record<RunStatus, readonly [Tone, string]>> = {
  RUNNING: ['busy', 'Running'],
  SCHEDULED: ['plain', 'Scheduled'],
  FINISHED: ['good', 'Finished'],
  FAILED: ['bad', 'Failed'],
  KILLED: ['warn', 'Killed'],
};

export const RunStatusBadge = ({ status }: { readonly status: RunStatus }) => {
  const [tone, word] = STATUSES[status];
  return <Badge tone={tone}>{word}</Badge>;
};

const TITLES: Readonly<Record<Attribute, string>> = {
  name: 'Run',
  status: 'Status',
  started: 'Started',
  duration: 'Duration',
  user: 'User',
  source: 'Source',
  parent: 'Parent',
  job: 'Job',
  ended: 'Ended',
  version: 'Version',
  id: 'Run id',
};

const WIDTHS: Readonly<Partial<Record<Attribute, number>>> = {
  name: 240,
  status: 96,
  started: 120,
  duration: 110,
  user: 110,
  job: 80,
  id: 280,
};

/** What heads the column; the kind is said where it is not plain. */
export const titleOf = ({ kind, key }: RunColumn): string =>
  kind === 'attribute' ? TITLES[key] : kind === 'tags' ? `tag ${key}` : key;

const Moment = ({ at }: { readonly at: number | undefined }) =>
  at === undefined ? '–' : <time title={fullTime(at)}>{ago(at)}</time>;

/** Marks and link of a run. */
function RunName({ row, group }: { readonly row: RunRow; readonly group: number }) {
  return (
    <>
      {parentOf(row) !== undefined && <span title="A run within another">↳ </span>}
      <Link to="/$group/runs/$run" params={{ group, run: row.id }} title={row.name}>
        <bdi>{row.name === '' ? row.id : row.name}</bdi>
      </Link>
      {isLocked(row) && <span title="Locked: nothing of it can be changed"> 🔒</span>}
      {row.deleted && <span className="quiet"> (deleted)</span>}
    </>
  );
}

function Parent({ row, group }: { readonly row: RunRow; readonly group: number }) {
  const parent = parentOf(row);
  if (parent === undefined) return null;
  return (
    <Link to="/$group/runs/$run" params={{ group, run: parent }}>
      <bdi className="mono">{parent.slice(0, 8)}</bdi>
    </Link>
  );
}

function Job({ row, group }: { readonly row: RunRow; readonly group: number }) {
  const job = jobOf(row);
  if (job === undefined) return null;
  return (
    <Link to="/$group/jobs/$job" params={{ group, job: String(job) }}>
      {job}
    </Link>
  );
}

function attributeCell(key: Attribute, row: RunRow, group: number): ReactNode {
  switch (key) {
    case 'name':
      return <RunName row={row} group={group} />;
    case 'status':
      return <RunStatusBadge status={row.status} />;
    case 'started':
      return <Moment at={row.start} />;
    case 'ended':
      return <Moment at={row.end} />;
    case 'parent':
      return <Parent row={row} group={group} />;
    case 'job':
      return <Job row={row} group={group} />;
    default:
      return <bdi>{attributeText(key, row)}</bdi>;
  }
}

/** What of an attribute can be read as plain text. */
function attributeText(key: Attribute, row: RunRow): string {
  if (key === 'user') return row.user;
  if (key === 'source') return valueIn(row.tags, 'mlflow.source.name') ?? '';
  if (key === 'version') return (valueIn(row.tags, 'mlflow.source.git.commit') ?? '').slice(0, 10);
  if (key === 'id') return row.id;
  const seconds = secondsOf(row);
  if (seconds !== undefined) return duration(seconds);
  return isUnended(row) ? 'under way' : '';
}

function cellOf(column: RunColumn, group: number): (row: RunRow) => ReactNode {
  const { kind, key } = column;
  if (kind === 'attribute') return (row) => attributeCell(key, row, group);
  if (kind === 'metrics') {
    return (row) => {
      const value = valueIn(row.metrics, key);
      return value === undefined ? '' : number(value);
    };
  }
  return (row) => {
    const value = valueIn(row[kind], key);
    return value === undefined ? '' : <bdi title={value}>{value}</bdi>;
  };
}

/** The columns of some ids, for the table; ids that are none are left out. */
export function tableColumns(ids: readonly string[], group: number): readonly Column<RunRow>[] {
  return ids.flatMap((id) => {
    const column = columnOf(id);
    if (column === undefined) return [];
    const width = column.kind === 'attribute' ? WIDTHS[column.key] : 120;
    return [
      {
        id: idOf(column),
        title: titleOf(column),
        cell: cellOf(column, group),
        numeric: column.kind === 'metrics',
        sortable: orderedBy(column) !== undefined,
        ...(width !== undefined && { width }),
      },
    ];
  });
}

import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useMemo } from 'react';
import { count, number } from '../../../data/format.ts';
import { type Column, DataTable } from '../../../ui/data-table.tsx';
import { TextField } from '../../../ui/field.tsx';
import { Card } from '../../../ui/page.tsx';
import { Name, Time } from '../../../ui/text.tsx';
import type { Run } from '../run-data.ts';
import { RunInputs } from './run-inputs.tsx';
import { RunNote } from './run-note.tsx';
import { RunTags } from './run-tags.tsx';
import './run-overview.css';

type Param = NonNullable<Run['data']['params']>[number];
type Metric = NonNullable<Run['data']['metrics']>[number];

const PARAM_COLUMNS: readonly Column<Param>[] = [
  { id: 'key', title: 'Param', width: 150, cell: ({ key }) => <Name>{key}</Name> },
  {
    id: 'value',
    title: 'Value',
    width: 190,
    cell: ({ value }) => (
      <span title={value}>
        <Name>{value}</Name>
      </span>
    ),
  },
];

const METRIC_COLUMNS: readonly Column<Metric>[] = [
  {
    id: 'key',
    title: 'Metric',
    width: 150,
    cell: ({ key }) => (
      <Link
        from="/$group/runs/$run"
        to="/$group/runs/$run"
        search={{ tab: 'metrics', find: key }}
        title={`The curve of ${key}`}
      >
        <Name>{key}</Name>
      </Link>
    ),
  },
  {
    id: 'value',
    title: 'Latest',
    numeric: true,
    width: 90,
    cell: ({ value }) => <span title={String(value)}>{number(Number(value))}</span>,
  },
  { id: 'step', title: 'Step', numeric: true, width: 80, cell: ({ step }) => count(step) },
  { id: 'time', title: 'Logged', width: 110, cell: ({ timestamp }) => <Time at={timestamp} /> },
];

const titled = (title: string, found: number, all: number): string =>
  found === all ? `${title} (${count(all)})` : `${title} (${count(found)} of ${count(all)})`;

/** Params, latest metrics and tags, to be searched together. */
export function RunOverview({ run }: { readonly run: Run }) {
  const { look = '' } = useSearch({ from: '/signed-in/$group/runs/$run' });
  const navigate = useNavigate({ from: '/$group/runs/$run' });
  const { params = [], metrics = [] } = run.data;
  const fits = useMemo(() => {
    const wanted = look.toLowerCase();
    return (text: string): boolean => text.toLowerCase().includes(wanted);
  }, [look]);
  const someParams = params.filter(({ key, value }) => fits(key) || fits(value));
  const someMetrics = metrics.filter(({ key }) => fits(key));
  return (
    <div className="stack">
      <RunNote run={run} />
      <TextField
        label="Find in params, metrics and tags"
        type="search"
        value={look}
        onChange={({ target }) =>
          void navigate({
            search: (old) => ({ ...old, look: target.value || undefined }) as typeof old,
            replace: true,
            resetScroll: false,
          })
        }
      />
      <div className="run-overview">
        <Card title={titled('Params', someParams.length, params.length)}>
          <DataTable
            label="Params"
            columns={PARAM_COLUMNS}
            rows={someParams}
            rowId={({ key }) => key}
            height="26rem"
            {...(someParams.length === 0 && { footer: 'No params here.' })}
          />
        </Card>
        <Card title={titled('Latest metrics', someMetrics.length, metrics.length)}>
          <DataTable
            label="Latest metrics"
            columns={METRIC_COLUMNS}
            rows={someMetrics}
            rowId={({ key }) => key}
            height="26rem"
            {...(someMetrics.length === 0 && { footer: 'No metrics here.' })}
          />
        </Card>
        <RunTags run={run} fits={fits} />
        <RunInputs run={run} />
      </div>
    </div>
  );
}

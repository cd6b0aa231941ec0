import { getRouteApi } from '@tanstack/react-router';
import { useMemo } from 'react';
import { Freshness } from '../../../ui/text.tsx';
import type { Experiment } from '../experiment-data.ts';
import { askedOf, sortOf } from './asked.ts';
import { BulkActions } from './bulk-actions.tsx';
import { ColumnPicker } from './column-picker.tsx';
import { ExportMenu } from './export-menu.tsx';
import { columnsIn, usualColumns } from './run-columns.ts';
import { RunsTable } from './runs-table.tsx';
import { SearchBar, useSetSearch } from './search-bar.tsx';
import { useRuns } from './use-runs.ts';
import { ViewsMenu } from './views-menu.tsx';

const route = getRouteApi('/signed-in/$group/experiments/$experiment');

const NONE: ReadonlySet<string> = new Set();

interface RunsTabProps {
  readonly group: number;
  readonly experiment: Experiment;
  /** Ids of the runs that are chosen. */
  readonly selected: ReadonlySet<string>;
  readonly onSelect: (selected: ReadonlySet<string>) => void;
}

/** The runs of an experiment, however many. */
export function RunsTab({ group, experiment, selected, onSelect }: RunsTabProps) {
  const search = route.useSearch();
  const id = experiment.experiment_id;
  const runs = useRuns(askedOf(group, id, search));
  const { query, rows } = runs;
  const known = useMemo(() => columnsIn(rows), [rows]);
  const usual = useMemo(() => usualColumns(known, rows), [known, rows]);
  const shown = search.columns ?? usual;
  const set = useSetSearch();
  const chosen = useMemo(
    () => (selected.size === 0 ? [] : rows.filter((row) => selected.has(row.id))),
    [rows, selected],
  );
  return (
    <div className="stack runs-tab">
      <SearchBar error={query.error}>
        <ColumnPicker known={known} shown={shown} onChange={(columns) => set({ columns })} />
        <ViewsMenu group={group} experiment={id} search={search} />
        <ExportMenu name={experiment.name} rows={rows} columns={shown} />
        <span className="spring" />
        <Freshness
          at={Math.max(query.dataUpdatedAt, runs.look.dataUpdatedAt)}
          onRefresh={() => void runs.reload()}
          busy={query.isRefetching}
          error={runs.look.error}
        />
      </SearchBar>
      {chosen.length > 0 && (
        <BulkActions
          group={group}
          chosen={chosen}
          onClear={() => onSelect(NONE)}
          onDone={async (ids) => {
            await runs.readAgain(ids);
            onSelect(NONE);
          }}
        />
      )}
      <RunsTable
        group={group}
        experimentName={experiment.name}
        runs={runs}
        columns={shown}
        sort={sortOf(search.sort)}
        onSort={({ by, descending }) => set({ sort: descending ? `-${by}` : by })}
        selected={selected}
        onSelect={onSelect}
        searched={search.q !== undefined || search.view !== undefined}
      />
    </div>
  );
}

import { getRouteApi } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { withoutUnset } from '../../../data/search-params.ts';
import type { Sort } from '../../../ui/data-table.tsx';
import { SelectField } from '../../../ui/field.tsx';
import { QueryField } from '../../../ui/query-field.tsx';
import { Freshness } from '../../../ui/text.tsx';
import { type Experiment, VIEWS, type View } from '../experiment-data.ts';
import { filterOf } from '../plain-search.ts';
import type { ExperimentSearch } from '../routes.tsx';
import { BulkActions } from './bulk-actions.tsx';
import { ColumnPicker } from './column-picker.tsx';
import { ExportMenu } from './export-menu.tsx';
import { columnOf, columnsIn, orderedBy, usualColumns } from './run-columns.ts';
import type { RunsAsked } from './run-search.ts';
import { RunsTable } from './runs-table.tsx';
import { useRuns } from './use-runs.ts';
import { ViewsMenu } from './views-menu.tsx';

const route = getRouteApi('/signed-in/$group/experiments/$experiment');

const EXAMPLES = [
  { query: 'sweep', finds: 'runs whose name contains it' },
  { query: "metrics.loss < 0.2 AND params.optimizer = 'adam'", finds: 'good ones with Adam' },
  { query: "attributes.status = 'RUNNING'", finds: 'what runs now' },
  { query: "tags.team = 'vision' OR tags.team IS NULL", finds: 'by tags' },
  { query: "params.`batch size` = '64'", finds: 'names with spaces stand in backticks' },
  { query: "datasets.name = 'mnist'", finds: 'runs that used a dataset' },
] as const;

const HELP =
  'MLflow’s search: metrics.<name>, params.<name>, tags.<name>, attributes.status, run_name, user_id, start_time …, with AND, OR, NOT and parentheses. A word alone looks for names that contain it.';

/** What the address says is shown, as a question to the server. */
function askedOf(group: number, experiment: string, search: ExperimentSearch): RunsAsked {
  const sort = sortOf(search.sort);
  const column = columnOf(sort.by);
  const by = column === undefined ? undefined : orderedBy(column);
  return {
    group,
    experiment,
    filter: filterOf(search.q ?? '', 'attributes.run_name'),
    view: search.view ?? 'active',
    orderBy: by === undefined ? [] : [`${by} ${sort.descending ? 'DESC' : 'ASC'}`],
  };
}

/** The latest come first while nobody says otherwise. */
const sortOf = (sort = '-started'): Sort => ({
  by: sort.replace(/^-/, ''),
  descending: sort.startsWith('-'),
});

interface RunsTabProps {
  readonly group: number;
  readonly experiment: Experiment;
}

/** The runs of an experiment, however many. */
export function RunsTab({ group, experiment }: RunsTabProps) {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const id = experiment.experiment_id;
  const runs = useRuns(askedOf(group, id, search));
  const { query, rows } = runs;
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const known = useMemo(() => columnsIn(rows), [rows]);
  const usual = useMemo(() => usualColumns(known, rows), [known, rows]);
  const shown = search.columns ?? usual;
  const set = (change: Partial<ExperimentSearch>): void =>
    void navigate({ search: (old) => withoutUnset({ ...old, ...change }), replace: true });
  const chosen = useMemo(
    () => (selected.size === 0 ? [] : rows.filter((row) => selected.has(row.id))),
    [rows, selected],
  );
  return (
    <div className="stack runs-tab">
      <div className="row">
        <QueryField
          label="Search runs"
          placeholder="A name, or a filter such as metrics.loss < 0.2"
          value={search.q ?? ''}
          error={query.error}
          examples={EXAMPLES}
          help={HELP}
          onSearch={(q) => set({ q: q || undefined })}
        />
      </div>
      <div className="row">
        <ViewChoice value={search.view ?? 'active'} onChange={(view) => set({ view })} />
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
      </div>
      {chosen.length > 0 && (
        <BulkActions
          group={group}
          chosen={chosen}
          onClear={() => setSelected(new Set())}
          onDone={async (ids) => {
            await runs.readAgain(ids);
            setSelected(new Set());
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
        onSelect={setSelected}
        searched={search.q !== undefined || search.view !== undefined}
      />
    </div>
  );
}

const WORDS = { active: 'Active', deleted: 'Deleted', all: 'All' } as const;

interface ViewChoiceProps {
  readonly value: View;
  readonly onChange: (view: View | undefined) => void;
}

const ViewChoice = ({ value, onChange }: ViewChoiceProps) => (
  <SelectField
    label="Which runs"
    labelHidden
    value={value}
    onChange={({ target }) => onChange(VIEWS.find((each) => each === target.value))}
  >
    {VIEWS.map((each) => (
      <option key={each} value={each}>
        {WORDS[each]}
      </option>
    ))}
  </SelectField>
);

import { getRouteApi } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { withoutUnset } from '../../../data/search-params.ts';
import { SelectField } from '../../../ui/field.tsx';
import { QueryField } from '../../../ui/query-field.tsx';
import { type ExperimentSearch, VIEWS, type View } from '../search.ts';
import { meantKey } from './bare-key.ts';

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

/** Changes what the address of the experiment says, and so what is shown. */
export function useSetSearch(): (change: Partial<ExperimentSearch>) => void {
  const navigate = route.useNavigate();
  return (change) =>
    void navigate({
      search: (old) => withoutUnset({ ...old, ...change }),
      replace: true,
      resetScroll: false,
    });
}

interface SearchBarProps {
  /** What came of the search. */
  readonly error: unknown;
  /** What can be done with what is found. */
  readonly children: ReactNode;
}

/** Which runs of the experiment are looked at. */
export function SearchBar({ error, children }: SearchBarProps) {
  const { q = '', view = 'active' } = route.useSearch();
  const set = useSetSearch();
  const meant = meantKey(q, error);
  return (
    <>
      <div className="row">
        <QueryField
          label="Search runs"
          placeholder="A name, or a filter such as metrics.loss < 0.2"
          value={q}
          error={error}
          hint={meant === undefined ? undefined : `Did you mean ${meant}?`}
          examples={EXAMPLES}
          help={HELP}
          onSearch={(text) => set({ q: text || undefined })}
        />
      </div>
      <div className="row">
        <ViewChoice value={view} onChange={(next) => set({ view: next })} />
        {children}
      </div>
    </>
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

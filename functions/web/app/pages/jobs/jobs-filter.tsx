import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { count } from '../../data/format.ts';
import { useGroup } from '../../data/use-group.ts';
import { SelectField } from '../../ui/field.tsx';
import { SearchField } from '../../ui/search-field.tsx';
import { Tabs } from '../../ui/tabs.tsx';
import { overviewQuery } from '../home/overview-query.ts';
import { entrypointChoices, experimentChoices, queuesQuery } from './group-choices.ts';
import { JOB_STATES, type JobsSearch, type JobsState } from './jobs-search.ts';
import { jobsRouteApi } from './route-apis.ts';

const TITLES = {
  waiting: 'Waiting',
  running: 'Running',
  finished: 'Finished',
  failed: 'Failed',
} as const;

/** Which jobs are shown; all of it stands in the address. */
export function JobsFilter({ search }: { readonly search: JobsSearch }) {
  const group = useGroup();
  const jobs = useQuery(overviewQuery(group)).data?.jobs;
  const counts: { readonly [state in JobsState]?: number | undefined } = {
    waiting: jobs && jobs.queued + jobs.deferred,
    running: jobs?.running,
  };
  return (
    <div className="stack jobs-filter">
      <Tabs label="Jobs by state">
        {[undefined, ...JOB_STATES].map((state) => (
          <Link
            key={state ?? 'all'}
            to="/$group/jobs"
            params={{ group }}
            search={{ ...search, state }}
            activeOptions={{ exact: true, includeSearch: true }}
          >
            {state === undefined ? 'All' : TITLES[state]}
            {state !== undefined && counts[state] !== undefined && ` (${count(counts[state])})`}
          </Link>
        ))}
      </Tabs>
      <div className="row jobs-filter-fields">
        <FindField search={search} />
        <Choices search={search} />
      </div>
    </div>
  );
}

function FindField({ search }: { readonly search: JobsSearch }) {
  const navigate = jobsRouteApi.useNavigate();
  return (
    <SearchField
      label="Find"
      placeholder="Words of the description, or tag:…"
      value={search.find ?? ''}
      onSearch={(text) => {
        const find = text.trim() === '' ? undefined : text.trim();
        if (find === search.find) return;
        void navigate({ search: (before) => ({ ...before, find }), replace: true });
      }}
    />
  );
}

function Choices({ search }: { readonly search: JobsSearch }) {
  const group = useGroup();
  const navigate = jobsRouteApi.useNavigate();
  const experiments = useQuery(experimentChoices(group)).data ?? [];
  const queues = useQuery(queuesQuery(group)).data ?? [];
  const entrypoints = useQuery(entrypointChoices(group)).data ?? [];
  const change = (changed: Partial<JobsSearch>) =>
    void navigate({ search: (before) => ({ ...before, ...changed }) });
  return (
    <>
      <SelectField
        label="Experiment"
        labelHidden
        value={search.experiment ?? ''}
        onChange={({ target }) => change({ experiment: Number(target.value) || undefined })}
      >
        <option value="">All experiments</option>
        {experiments.map(({ id, name }) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </SelectField>
      <NameChoice
        label="Queue"
        none="All queues"
        value={search.queue}
        names={queues.map(({ name }) => name)}
        onChange={(queue) => change({ queue })}
      />
      <NameChoice
        label="Entrypoint"
        none="All entrypoints"
        value={search.entrypoint}
        names={entrypoints.map(({ name }) => name)}
        onChange={(entrypoint) => change({ entrypoint })}
      />
    </>
  );
}

interface NameChoiceProps {
  readonly label: string;
  readonly none: string;
  readonly value: string | undefined;
  readonly names: readonly string[];
  readonly onChange: (name: string | undefined) => void;
}

/** Jobs name their queue and entrypoint as they were called then: a name from the address is a choice, too. */
function NameChoice({ label, none, value, names, onChange }: NameChoiceProps) {
  const all = value === undefined ? names : [value, ...names];
  return (
    <SelectField
      label={label}
      labelHidden
      value={value ?? ''}
      onChange={({ target }) => onChange(target.value === '' ? undefined : target.value)}
    >
      <option value="">{none}</option>
      {[...new Set(all)].map((name) => (
        <option key={name} value={name}>
          {name}
        </option>
      ))}
    </SelectField>
  );
}

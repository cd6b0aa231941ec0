import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { answerOf, type PosthogBody, posthog } from '../../data/api.ts';
import { useGroup } from '../../data/use-group.ts';
import { Button } from '../../ui/button.tsx';
import { Confirm } from '../../ui/dialog.tsx';
import { SelectField, TextField } from '../../ui/field.tsx';
import { submitting } from '../../ui/form.tsx';
import { useNotices } from '../../ui/notices.tsx';
import { Answer, Card, ErrorNote, Page } from '../../ui/page.tsx';
import { Copyable, FreshnessOf } from '../../ui/text.tsx';
import { GroupTypesCard } from '../flags/group-types-card.tsx';
import { PropertyFilters } from '../flags/property-filters.tsx';
import type { PropertyFilter } from './metric.ts';
import { type Project, projectOf, projectQuery } from './queries.ts';
import { useRights } from './use-rights.ts';

/** What programs need to take part, and what all analyses of the group go by. */
export function ProjectSettingsPage() {
  const query = useQuery(projectQuery(useGroup()));
  return (
    <Page title="Project settings" freshness={<FreshnessOf query={query} />}>
      <Answer query={query}>
        {(project) => (
          <>
            <TokenCard project={project} />
            <AnalysisDefaults key={query.dataUpdatedAt} project={project} />
            <GroupTypesCard />
          </>
        )}
      </Answer>
    </Page>
  );
}

function TokenCard({ project }: { readonly project: Project }) {
  const group = useGroup();
  const queries = useQueryClient();
  const notices = useNotices();
  const { whyNotManage } = useRights();
  const [asks, setAsks] = useState(false);
  const reset = useMutation({
    mutationFn: () =>
      answerOf(
        posthog.PATCH('/api/projects/{project}/reset_token', {
          params: { path: { project: projectOf(group) } },
        }),
      ),
    onSuccess: (after) => {
      queries.setQueryData(projectQuery(group).queryKey, after);
      notices.done('The project has another token.');
    },
    onError: notices.failed,
    onSettled: () => setAsks(false),
  });
  return (
    <Card title="Token of the project">
      <p>
        Pages and programs ask for flags and send events with it. It is public: it can do nothing
        else. Keys for the API itself are in your account.
      </p>
      <Copyable text={project.api_token} label="Copy the token" />
      <Copyable text={window.location.origin} label="Copy the host" />
      <div className="row">
        <Button kind="danger" disabled={whyNotManage !== undefined} onClick={() => setAsks(true)}>
          Reset the token …
        </Button>
        <span className="quiet">{whyNotManage}</span>
      </div>
      <Confirm
        title="Reset the token"
        open={asks}
        onClose={() => setAsks(false)}
        action="Give it another token"
        danger
        busy={reset.isPending}
        onConfirm={() => reset.mutate()}
      >
        <p>
          The present token ends within a minute: programs that have it get no flags and lose their
          events until they have the new one. This cannot be undone.
        </p>
      </Confirm>
    </Card>
  );
}

const OF_ACCOUNTS = [
  { value: 'event', text: 'event' },
  { value: 'person', text: 'person' },
] as const;

const zones = (): readonly string[] =>
  typeof Intl.supportedValuesOf === 'function' ? Intl.supportedValuesOf('timeZone') : [];

function AnalysisDefaults({ project }: { readonly project: Project }) {
  const group = useGroup();
  const queries = useQueryClient();
  const notices = useNotices();
  const { whyNotManage } = useRights();
  const [zone, setZone] = useState(project.timezone);
  const [method, setMethod] = useState(project.default_experiment_stats_method);
  const [level, setLevel] = useState(
    String((project.default_experiment_confidence_level ?? 0.95) * 100),
  );
  const [filters, setFilters] = useState(
    project.test_account_filters as unknown as readonly PropertyFilter[],
  );
  const save = useMutation({
    mutationFn: () =>
      answerOf(
        posthog.PATCH('/api/projects/{project}', {
          params: { path: { project: projectOf(group) } },
          body: {
            timezone: zone,
            default_experiment_stats_method: method,
            default_experiment_confidence_level: Number((Number(level) / 100).toFixed(6)),
            test_account_filters: filters,
          } as unknown as PosthogBody<'changeProject'>,
        }),
      ),
    onSuccess: (after) => {
      queries.setQueryData(projectQuery(group).queryKey, after);
      notices.done('The settings were saved.');
    },
  });
  const submit = submitting(() => save.mutate());
  const isPerson = filters.some(({ type }) => type === 'person');
  return (
    <Card title="Analyses">
      <form className="stack" onSubmit={submit}>
        <div className="grid">
          <TextField
            label="Time zone of the days"
            required
            list="project-zones"
            value={zone}
            onChange={({ target }) => setZone(target.value)}
          />
          <datalist id="project-zones">
            {zones().map((each) => (
              <option key={each} value={each} />
            ))}
          </datalist>
          <SelectField
            label="Method of new A/B tests"
            value={method ?? ''}
            onChange={({ target }) =>
              setMethod(
                target.value === 'bayesian' || target.value === 'frequentist' ? target.value : null,
              )
            }
          >
            <option value="">Bayesian, since none is chosen</option>
            <option value="bayesian">Bayesian</option>
            <option value="frequentist">Frequentist</option>
          </SelectField>
          <TextField
            label="Confidence level, in %"
            type="number"
            min={51}
            max={99.9}
            step="any"
            required
            value={level}
            onChange={({ target }) => setLevel(target.value)}
          />
        </div>
        <h3>Test accounts</h3>
        <p className="quiet">
          A/B tests that leave test accounts out count only people and events for which all of these
          hold.
        </p>
        <PropertyFilters filters={filters} onChange={setFilters} kinds={OF_ACCOUNTS} />
        {isPerson && (
          <p className="field-error">
            Results cannot be worked out with filters by properties of persons; use properties of
            events, or let the A/B test keep test accounts.
          </p>
        )}
        {save.isError && <ErrorNote error={save.error} />}
        <div className="row">
          <Button
            type="submit"
            kind="primary"
            busy={save.isPending}
            disabled={whyNotManage !== undefined}
          >
            Save
          </Button>
          <span className="quiet">{whyNotManage}</span>
        </div>
      </form>
    </Card>
  );
}

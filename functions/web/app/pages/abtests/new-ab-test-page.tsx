import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useId, useState } from 'react';
import { answerOf, type PosthogBody, posthog } from '../../data/api.ts';
import { useGroup } from '../../data/use-group.ts';
import { Button } from '../../ui/button.tsx';
import { Checkbox, TextArea, TextField } from '../../ui/field.tsx';
import { submitting } from '../../ui/form.tsx';
import { useNotices } from '../../ui/notices.tsx';
import { Card, ErrorNote, Page } from '../../ui/page.tsx';
import { ExposureForm } from './exposure-form.tsx';
import { FlagChoice } from './flag-choice.tsx';
import { HoldoutField } from './holdout-field.tsx';
import { EventSuggestions } from './metric-dialog.tsx';
import { NewMetrics } from './new-metrics.tsx';
import { bodyOf, type NewTest, newTest, problemOfTest } from './new-test.ts';
import { abTestsKey, projectOf, projectQuery } from './queries.ts';
import { RunningTime } from './running-time.tsx';
import { StatsForm } from './stats-form.tsx';
import { useRights } from './use-rights.ts';
import { VariantsForm } from './variants-form.tsx';
import './new-ab-test-page.css';

const route = getRouteApi('/signed-in/$group/ab-tests/new');

/** An experiment to be made: a draft, or launched at once. */
export function NewAbTestPage() {
  const group = useGroup();
  const { flag } = route.useSearch();
  const project = useQuery(projectQuery(group));
  const [edited, setEdited] = useState<NewTest>();
  const test = edited ?? newTest(project.data, flag);
  const change = (part: Partial<NewTest>): void => setEdited({ ...test, ...part });
  return (
    <Page
      title="New A/B test"
      above={
        <Link to="/$group/ab-tests" params={{ group }}>
          A/B tests
        </Link>
      }
    >
      <div className="new-test">
        <TestForm test={test} change={change} />
        <aside className="new-test-aside" aria-label="Running time">
          <RunningTime
            variants={test.variants.length}
            effect={test.effect}
            onEffect={(effect) => change({ effect })}
          />
        </aside>
      </div>
    </Page>
  );
}

interface TestFormProps {
  readonly test: NewTest;
  readonly change: (part: Partial<NewTest>) => void;
}

function useCreate() {
  const group = useGroup();
  const queries = useQueryClient();
  const navigate = route.useNavigate();
  const notices = useNotices();
  return useMutation({
    mutationFn: (test: NewTest) =>
      answerOf(
        posthog.POST('/api/projects/{project}/experiments', {
          params: { path: { project: projectOf(group) } },
          body: bodyOf(test, new Date()) as unknown as PosthogBody<'createProjectExperiment'>,
        }),
      ),
    onSuccess: ({ id }, { launch }) => {
      void queries.invalidateQueries({ queryKey: abTestsKey(group) });
      void queries.invalidateQueries({ queryKey: ['flags', group] });
      notices.done(launch ? 'The A/B test runs.' : 'The A/B test is a draft.');
      void navigate({
        to: '/$group/ab-tests/$test',
        params: { group, test: String(id) },
        search: {},
      });
    },
  });
}

function TestForm({ test, change }: TestFormProps) {
  const suggestions = useId();
  const { whyNotWrite } = useRights();
  const create = useCreate();
  const [problem, setProblem] = useState<string>();
  const submit = submitting(() => {
    const found = problemOfTest(test);
    setProblem(found);
    if (found === undefined) create.mutate(test);
  });
  return (
    <form className="stack" onSubmit={submit}>
      <EventSuggestions id={suggestions} />
      <Card title="What is tried">
        <TextField
          label="Name"
          required
          maxLength={400}
          value={test.name}
          onChange={({ target }) => change({ name: target.value })}
        />
        <TextArea
          label="Hypothesis"
          hint="What you expect, and why."
          maxLength={3000}
          value={test.description}
          onChange={({ target }) => change({ description: target.value })}
        />
        <FlagChoice
          test={test}
          onFlag={(flagKey, variants) =>
            change({ flagKey, existing: variants !== undefined, ...(variants && { variants }) })
          }
        />
        <VariantsForm
          variants={test.variants}
          onChange={(variants) => change({ variants })}
          disabled={test.existing}
        />
        {test.existing && (
          <p className="quiet">The flag is used as it is: its variants are those above.</p>
        )}
        {!test.existing && (
          <TextField
            label="Share of all people who take part, in %"
            type="number"
            min={0}
            max={100}
            step="any"
            required
            value={test.rollout}
            onChange={({ target }) => change({ rollout: Number(target.value) })}
          />
        )}
        <HoldoutField value={test.holdout} onChange={(holdout) => change({ holdout })} />
      </Card>
      <Card title="Metrics">
        <NewMetrics test={test} change={change} />
        <Checkbox
          label="Accept names of events that the project has not seen yet"
          checked={test.allowUnknown}
          onChange={({ target }) => change({ allowUnknown: target.checked })}
        />
      </Card>
      <Card title="Analysis">
        <ExposureForm
          criteria={test.criteria}
          onChange={(criteria) => change({ criteria })}
          suggestions={suggestions}
        />
        <StatsForm config={test.stats} onChange={(stats) => change({ stats })} />
      </Card>
      <Checkbox
        label="Launch it at once"
        checked={test.launch}
        onChange={({ target }) => change({ launch: target.checked })}
      />
      {problem !== undefined && (
        <p role="alert" className="field-error">
          {problem}
        </p>
      )}
      {create.isError && <ErrorNote error={create.error} />}
      <div className="row">
        <Button
          type="submit"
          kind="primary"
          busy={create.isPending}
          disabled={whyNotWrite !== undefined}
        >
          {test.launch ? 'Make and launch it' : 'Make the draft'}
        </Button>
        <span className="quiet">{whyNotWrite}</span>
      </div>
    </form>
  );
}

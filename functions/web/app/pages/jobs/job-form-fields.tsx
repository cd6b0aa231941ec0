import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { answerOf, dioptra } from '../../data/api.ts';
import { useGroup } from '../../data/use-group.ts';
import { Button } from '../../ui/button.tsx';
import { SelectField, TextArea, TextField } from '../../ui/field.tsx';
import { submitting } from '../../ui/form.tsx';
import { useNotices } from '../../ui/notices.tsx';
import { Card, ErrorNote } from '../../ui/page.tsx';
import { ArtifactFields, artifactsQuery } from './artifact-fields.tsx';
import { CancelLink } from './cancel-link.tsx';
import {
  durationProblem,
  formOf,
  type JobForm,
  newJobOf,
  numbersProblem,
  secondsProblem,
  valueProblem,
} from './job-form.ts';
import type { Entrypoint, Job } from './job-types.ts';
import { ParameterField } from './parameter-field.tsx';
import { newJobRouteApi } from './route-apis.ts';
import { SwapFields } from './swap-fields.tsx';

interface FieldsProps {
  readonly experiment: number;
  readonly entrypoint: Entrypoint;
  readonly like: Job | undefined;
}

function useSubmit({ experiment, entrypoint }: FieldsProps) {
  const group = useGroup();
  const navigate = newJobRouteApi.useNavigate();
  const queries = useQueryClient();
  const notices = useNotices();
  const artifacts = useQuery({
    ...artifactsQuery(group),
    enabled: entrypoint.artifactParameters.length > 0,
  }).data;
  return useMutation({
    mutationFn: (form: JobForm) => {
      const snapshotOf = (id: number) => artifacts?.find((each) => each.id === id)?.snapshot;
      return answerOf(
        dioptra.POST('/experiments/{id}/jobs', {
          params: { path: { id: experiment } },
          body: newJobOf(entrypoint, form, snapshotOf),
        }),
      );
    },
    onSuccess: async ({ id }) => {
      notices.done(`Job ${id} was submitted.`);
      void queries.invalidateQueries({ queryKey: ['jobs'] });
      void queries.invalidateQueries({ queryKey: ['overview'] });
      await navigate({ to: '/$group/jobs/$job', params: { group, job: String(id) }, search: {} });
    },
  });
}

/** All that a job of an entrypoint can be given; the server has the last word on it. */
export function JobFormFields(props: FieldsProps) {
  const { entrypoint, like } = props;
  const [form, setForm] = useState(() => formOf(entrypoint, like));
  const [isTried, setTried] = useState(false);
  const submit = useSubmit(props);
  const change = (changed: Partial<JobForm>): void =>
    setForm((before) => ({ ...before, ...changed }));
  const problems = problemsOf(entrypoint, form);
  const onSubmit = submitting(() => {
    setTried(true);
    if (problems.length === 0) submit.mutate(form);
  });
  return (
    <form className="stack" onSubmit={onSubmit} noValidate>
      <Card title="Parameters">
        {entrypoint.parameters.length === 0 && (
          <p className="quiet">This entrypoint has no parameters.</p>
        )}
        <div className="new-job-fields">
          {entrypoint.parameters.map((parameter) => (
            <ParameterField
              key={parameter.name}
              parameter={parameter}
              value={form.values[parameter.name] ?? ''}
              isTried={isTried}
              onChange={(value) => change({ values: { ...form.values, [parameter.name]: value } })}
            />
          ))}
        </div>
      </Card>
      <SwapFields
        entrypoint={entrypoint}
        values={form.swaps}
        onChange={(swaps) => change({ swaps })}
      />
      <ArtifactFields
        entrypoint={entrypoint}
        values={form.artifacts}
        onChange={(artifacts) => change({ artifacts })}
      />
      <RunFields entrypoint={entrypoint} form={form} onChange={change} />
      {submit.isError && <ErrorNote error={submit.error} />}
      <div className="row">
        <Button
          type="submit"
          kind="primary"
          busy={submit.isPending}
          disabled={form.queue === undefined}
        >
          Submit the job
        </Button>
        <CancelLink like={like} />
        {isTried && problems.length > 0 && (
          <p role="alert" className="field-error">
            {problems.length === 1 ? 'One field needs' : `${problems.length} fields need`} another
            value.
          </p>
        )}
      </div>
    </form>
  );
}

function problemsOf({ parameters }: Entrypoint, form: JobForm): readonly string[] {
  return [
    ...parameters.map((parameter) => valueProblem(parameter, form.values[parameter.name] ?? '')),
    durationProblem(form.timeout),
    durationProblem(form.queueTimeout),
    numbersProblem(form.dependsOn),
    numbersProblem(form.exitCodes),
    numbersProblem(form.attempts),
    secondsProblem(form.backoff),
  ].filter((problem) => problem !== undefined);
}

interface RunFieldsProps {
  readonly entrypoint: Entrypoint;
  readonly form: JobForm;
  readonly onChange: (changed: Partial<JobForm>) => void;
}

/** Where and how long it runs. */
function RunFields({ entrypoint, form, onChange }: RunFieldsProps) {
  const { queues } = entrypoint;
  return (
    <Card title="How it runs">
      <div className="new-job-fields">
        <QueueField entrypoint={entrypoint} queue={form.queue} onChange={onChange} />
        <TextField
          label="Most time"
          hint="Of one attempt: 90s, 30m, 24h, 2d; at most 30 days"
          value={form.timeout}
          error={durationProblem(form.timeout)}
          onChange={({ target }) => onChange({ timeout: target.value.trim() })}
        />
        <TextField
          label="Most time in the queue"
          hint="Fails when no worker has started it by then; empty: it waits as long as it takes"
          value={form.queueTimeout}
          error={durationProblem(form.queueTimeout)}
          onChange={({ target }) => onChange({ queueTimeout: target.value.trim() })}
        />
        <TextField
          label="After jobs"
          hint="Numbers of jobs that must finish first, such as 18, 19"
          value={form.dependsOn}
          error={numbersProblem(form.dependsOn)}
          onChange={({ target }) => onChange({ dependsOn: target.value })}
        />
        <TextField
          label="Attempts"
          hint="At most, for lost workers and the exit codes beside; empty: 3, for lost workers"
          inputMode="numeric"
          value={form.attempts}
          error={numbersProblem(form.attempts)}
          onChange={({ target }) => onChange({ attempts: target.value.trim() })}
        />
        <TextField
          label="Try again after exit codes"
          hint="Of the job's program, such as 75, 137"
          value={form.exitCodes}
          error={numbersProblem(form.exitCodes)}
          onChange={({ target }) => onChange({ exitCodes: target.value })}
        />
        <TextField
          label="Pause before it, in seconds"
          hint="Doubled each time; empty: 10"
          inputMode="decimal"
          value={form.backoff}
          error={secondsProblem(form.backoff)}
          onChange={({ target }) => onChange({ backoff: target.value.trim() })}
        />
      </div>
      <TextArea
        label="Description"
        rows={2}
        value={form.description}
        maxLength={10_000}
        onChange={({ target }) => onChange({ description: target.value })}
      />
      {queues.length === 0 && (
        <p className="field-error">
          This entrypoint has no queues, so its jobs have nowhere to wait. Attach one on{' '}
          <EntrypointLink id={entrypoint.id} /> first.
        </p>
      )}
    </Card>
  );
}

function EntrypointLink({ id }: { readonly id: number }) {
  const group = useGroup();
  return (
    <Link to="/$group/entrypoints/$entrypoint" params={{ group, entrypoint: String(id) }}>
      its page
    </Link>
  );
}

function QueueField({
  entrypoint: { queues },
  queue,
  onChange,
}: Pick<RunFieldsProps, 'entrypoint' | 'onChange'> & { readonly queue: number | undefined }) {
  return (
    <SelectField
      label="Queue"
      hint="The queues that are attached to the entrypoint"
      value={queue ?? ''}
      onChange={({ target }) => onChange({ queue: Number(target.value) || undefined })}
    >
      {queues.length === 0 && <option value="">None</option>}
      {queues.map(({ id, name }) => (
        <option key={id} value={id}>
          {name}
        </option>
      ))}
    </SelectField>
  );
}

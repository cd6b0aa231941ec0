import { useId, useState } from 'react';
import { Button } from '../../ui/button.tsx';
import { Checkbox, TextArea, TextField } from '../../ui/field.tsx';
import { submitting } from '../../ui/form.tsx';
import { Card } from '../../ui/page.tsx';
import { RefusedChange } from '../flags/refused-change.tsx';
import { ExposureForm } from './exposure-form.tsx';
import { HoldoutField } from './holdout-field.tsx';
import type { Variant } from './metric.ts';
import { EventSuggestions } from './metric-dialog.tsx';
import { canEdit, type Experiment, variantsOf } from './model.ts';
import { StatsForm } from './stats-form.tsx';
import { useChange } from './use-change.ts';
import { variantsProblem } from './variant-split.ts';
import { VariantsForm } from './variants-form.tsx';
import { type Conclusion, VerdictFields } from './verdict-fields.tsx';

/** All of an experiment that may be changed as it stands. */
export function SettingsTab({ experiment }: { readonly experiment: Experiment }) {
  return (
    <>
      <AboutCard experiment={experiment} />
      <VariantsCard experiment={experiment} />
      <AnalysisCard experiment={experiment} />
    </>
  );
}

interface SavedFormProps {
  readonly title: string;
  readonly change: ReturnType<typeof useChange>;
  readonly mayEdit: boolean;
  readonly onSubmit: () => void;
  readonly children: React.ReactNode;
}

function SavedForm({ title, change, mayEdit, onSubmit, children }: SavedFormProps) {
  const submit = submitting(() => onSubmit());
  return (
    <Card title={title}>
      <form className="stack" onSubmit={submit}>
        {children}
        {change.isError && <RefusedChange error={change.error} />}
        <div className="row">
          <Button type="submit" kind="primary" busy={change.isPending} disabled={!mayEdit}>
            Save
          </Button>
          {!mayEdit && <span className="quiet">You may only read in this group.</span>}
        </div>
      </form>
    </Card>
  );
}

/** A time as a field of the browser has it, in the zone of whoever looks. */
const localTime = (iso: string | null): string => {
  if (iso === null) return '';
  const date = new Date(iso);
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
};

const utcTime = (local: string): string | null =>
  local === '' ? null : new Date(local).toISOString();

function AboutCard({ experiment }: { readonly experiment: Experiment }) {
  const { start_date: startDate, end_date: endDate } = experiment;
  const [name, setName] = useState(experiment.name);
  const [description, setDescription] = useState(experiment.description ?? '');
  const [start, setStart] = useState(localTime(startDate));
  const [end, setEnd] = useState(localTime(endDate));
  const [verdict, setVerdict] = useState({
    conclusion: (experiment.conclusion ?? '') as Conclusion | '',
    comment: experiment.conclusion_comment ?? '',
  });
  const change = useChange(experiment, 'Saved.');
  return (
    <SavedForm
      title="About"
      change={change}
      mayEdit={canEdit(experiment)}
      onSubmit={() =>
        change.mutate({
          name,
          description,
          ...(start !== localTime(startDate) && start !== '' && { start_date: utcTime(start) }),
          ...(end !== localTime(endDate) && { end_date: utcTime(end) }),
          ...(endDate !== null && {
            conclusion: verdict.conclusion === '' ? null : verdict.conclusion,
            conclusion_comment: verdict.comment === '' ? null : verdict.comment,
          }),
        })
      }
    >
      <TextField
        label="Name"
        required
        maxLength={400}
        value={name}
        onChange={({ target }) => setName(target.value)}
      />
      <TextArea
        label="Hypothesis"
        maxLength={3000}
        value={description}
        onChange={({ target }) => setDescription(target.value)}
      />
      {startDate !== null && (
        <div className="row">
          <TextField
            label="Start"
            type="datetime-local"
            hint="Events from then on count; results are worked out anew."
            value={start}
            onChange={({ target }) => setStart(target.value)}
          />
          <TextField
            label="End"
            type="datetime-local"
            hint="Empty: it goes on."
            value={end}
            onChange={({ target }) => setEnd(target.value)}
          />
        </div>
      )}
      {endDate !== null && <VerdictFields {...verdict} onChange={setVerdict} />}
    </SavedForm>
  );
}

function VariantsCard({ experiment }: { readonly experiment: Experiment }) {
  const isDraft = experiment.start_date === null;
  const [variants, setVariants] = useState<readonly Variant[]>(variantsOf(experiment));
  const [holdout, setHoldout] = useState(experiment.holdout_id);
  const change = useChange(experiment, 'Saved.');
  const save = (): void => {
    if (variantsProblem(variants) !== undefined) return;
    change.mutate({
      parameters: { ...experiment.parameters, feature_flag_variants: variants },
      update_feature_flag_params: true,
      ...(isDraft && { holdout_id: holdout }),
    });
  };
  return (
    <SavedForm
      title="Variants and holdout"
      change={change}
      mayEdit={canEdit(experiment)}
      onSubmit={save}
    >
      {!isDraft && (
        <p className="quiet">
          It was launched: the variants and the holdout stay, only what they are called can change.
          A reset to a draft would free them.
        </p>
      )}
      <VariantsForm variants={variants} onChange={setVariants} namesOnly={!isDraft} />
      <HoldoutField value={holdout} onChange={setHoldout} disabled={!isDraft} />
    </SavedForm>
  );
}

function AnalysisCard({ experiment }: { readonly experiment: Experiment }) {
  const suggestions = useId();
  const [stats, setStats] = useState(experiment.stats_config);
  const [criteria, setCriteria] = useState(experiment.exposure_criteria);
  const [matured, setMatured] = useState(experiment.only_count_matured_users);
  const change = useChange(experiment, 'Saved; results are worked out anew.');
  return (
    <SavedForm
      title="Analysis"
      change={change}
      mayEdit={canEdit(experiment)}
      onSubmit={() =>
        change.mutate({
          stats_config: stats ?? {},
          exposure_criteria: criteria ?? {},
          only_count_matured_users: matured,
        })
      }
    >
      <EventSuggestions id={suggestions} />
      <StatsForm
        config={stats}
        onChange={setStats}
        variants={variantsOf(experiment).map(({ key }) => key)}
      />
      <ExposureForm criteria={criteria} onChange={setCriteria} suggestions={suggestions} />
      <Checkbox
        label="Count only people whose conversion window is over"
        checked={matured}
        onChange={({ target }) => setMatured(target.checked)}
      />
    </SavedForm>
  );
}

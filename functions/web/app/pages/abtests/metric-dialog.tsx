import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useId, useState } from 'react';
import { createPortal } from 'react-dom';
import { useGroup } from '../../data/use-group.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { SubmitRow } from '../../ui/form.tsx';
import { ErrorNote } from '../../ui/page.tsx';
import { type Metric, metricOf } from './metric.ts';
import { eventNames, problemOf, sentMetric } from './metric-draft.ts';
import { MetricForm } from './metric-form.tsx';
import { measuresOf } from './model.ts';
import { abTestsQuery, savedMetricsQuery } from './queries.ts';

interface MetricDialogProps {
  readonly title: string;
  readonly start: Metric;
  readonly action: string;
  readonly onClose: () => void;
  readonly onSave: (metric: Metric) => void;
  readonly busy?: boolean;
  readonly error?: unknown;
}

/** A metric to fill in; outside of the form that asks for it, since forms cannot lie within each other. */
export function MetricDialog(props: MetricDialogProps) {
  return createPortal(
    <Dialog title={props.title} open wide onClose={props.onClose}>
      <MetricEditor {...props} />
    </Dialog>,
    document.body,
  );
}

function MetricEditor({ start, action, onClose, onSave, busy, error }: MetricDialogProps) {
  const [metric, setMetric] = useState(start);
  const [problem, setProblem] = useState<string>();
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    event.stopPropagation();
    const found = problemOf(metric);
    setProblem(found);
    if (found === undefined) onSave(sentMetric(metric));
  };
  const suggestions = useId();
  return (
    <form className="stack" onSubmit={submit} noValidate>
      <EventSuggestions id={suggestions} />
      <MetricForm metric={metric} onChange={setMetric} suggestions={suggestions} />
      {problem !== undefined && (
        <p role="alert" className="field-error">
          {problem}
        </p>
      )}
      {error !== undefined && error !== null && <ErrorNote error={error} />}
      <SubmitRow busy={busy ?? false} onCancel={onClose}>
        {action}
      </SubmitRow>
    </form>
  );
}

/** Names of events that metrics of the project count already. */
export function EventSuggestions({ id }: { readonly id: string }) {
  const group = useGroup();
  const saved = useQuery(savedMetricsQuery(group));
  const tests = useQuery(abTestsQuery(group, { limit: 100 }));
  const names = eventNames([
    ...(saved.data?.results ?? []).map(({ query }) => metricOf(query)),
    ...(tests.data?.results ?? []).flatMap((test) => measuresOf(test).map(({ metric }) => metric)),
  ]);
  return (
    <datalist id={id}>
      {names.map((name) => (
        <option key={name} value={name} />
      ))}
    </datalist>
  );
}

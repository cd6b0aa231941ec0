import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { answerOf, posthog } from '../../data/api.ts';
import { useGroup } from '../../data/use-group.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { TextField } from '../../ui/field.tsx';
import { SubmitRow, submitting } from '../../ui/form.tsx';
import { useNotices } from '../../ui/notices.tsx';
import { ErrorNote } from '../../ui/page.tsx';
import { metricOf } from './metric.ts';
import { EventSuggestions } from './metric-dialog.tsx';
import { draftOf, problemOf, sentMetric } from './metric-draft.ts';
import { MetricForm } from './metric-form.tsx';
import { projectOf, type SavedMetric, savedMetricsQuery } from './queries.ts';

interface SavedMetricDialogProps {
  readonly saved: SavedMetric | undefined;
  readonly onClose: () => void;
}

export function SavedMetricDialog({ saved, onClose }: SavedMetricDialogProps) {
  return (
    <Dialog
      title={saved === undefined ? 'New saved metric' : 'Saved metric'}
      open
      wide
      onClose={onClose}
    >
      <SavedMetricForm saved={saved} onClose={onClose} />
    </Dialog>
  );
}

const tagsOf = (text: string): string[] =>
  text
    .split(',')
    .map((tag) => tag.trim())
    .filter((tag) => tag !== '');

function SavedMetricForm({ saved, onClose }: SavedMetricDialogProps) {
  const suggestions = useId();
  const [metric, setMetric] = useState(metricOf(saved?.query) ?? draftOf('mean'));
  const [description, setDescription] = useState(saved?.description ?? '');
  const [tags, setTags] = useState(saved?.tags.join(', ') ?? '');
  const [problem, setProblem] = useState<string>();
  const save = useSave(saved, onClose);
  const name = metric.name?.trim() ?? '';
  const submit = submitting(() => {
    const found = name === '' ? 'Give the metric a name.' : problemOf(metric);
    setProblem(found);
    if (found !== undefined) return;
    save.mutate({ name, description, tags: tagsOf(tags), query: sentMetric(metric) });
  });
  return (
    <form className="stack" onSubmit={submit} noValidate>
      <EventSuggestions id={suggestions} />
      <MetricForm metric={metric} onChange={setMetric} suggestions={suggestions} />
      <div className="grid">
        <TextField
          label="What it is for"
          maxLength={400}
          value={description}
          onChange={({ target }) => setDescription(target.value)}
        />
        <TextField
          label="Tags"
          hint="Several are told apart by commas."
          value={tags}
          onChange={({ target }) => setTags(target.value)}
        />
      </div>
      {problem !== undefined && (
        <p role="alert" className="field-error">
          {problem}
        </p>
      )}
      {save.isError && <ErrorNote error={save.error} />}
      <SubmitRow busy={save.isPending} onCancel={onClose}>
        Save
      </SubmitRow>
    </form>
  );
}

interface Sent {
  readonly name: string;
  readonly description: string;
  readonly tags: string[];
  readonly query: object;
}

function useSave(saved: SavedMetric | undefined, onDone: () => void) {
  const group = useGroup();
  const queries = useQueryClient();
  const notices = useNotices();
  return useMutation({
    mutationFn: ({ query, ...rest }: Sent) => {
      const body = { ...rest, query: query as never };
      const path = { project: projectOf(group) };
      return answerOf(
        saved === undefined
          ? posthog.POST('/api/projects/{project}/experiment_saved_metrics', {
              params: { path },
              body,
            })
          : posthog.PATCH('/api/projects/{project}/experiment_saved_metrics/{id}', {
              params: { path: { ...path, id: saved.id } },
              body,
            }),
      );
    },
    onSuccess: ({ name }) => {
      void queries.invalidateQueries({ queryKey: savedMetricsQuery(group).queryKey });
      void queries.invalidateQueries({ queryKey: ['ab-test', group] });
      notices.done(`The metric “${name}” was saved.`);
      onDone();
    },
  });
}

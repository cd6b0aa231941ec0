import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { answerOf, dioptra } from '../../../data/api.ts';
import { useGroup } from '../../../data/use-group.ts';
import { Button } from '../../../ui/button.tsx';
import { useNotices } from '../../../ui/notices.tsx';
import { Answer, Card } from '../../../ui/page.tsx';
import { Time } from '../../../ui/text.tsx';
import { draftOf, type EntrypointDraft, type ReadEntrypoint } from '../calls.ts';
import { draftForm } from './draft-form.ts';
import { EntrypointEditor } from './entrypoint-editor.tsx';
import type { EntrypointForm } from './form.ts';
import { formOf } from './form-calls.ts';
import { newestOf, pluginsQuery } from './plugins-query.ts';

interface EditTabProps {
  readonly read: ReadEntrypoint;
  readonly onSaved: () => void;
}

/** Edits an entrypoint as it was when one came here: a renewal in the background changes nothing under one's hands. */
export function EditTab({ read, onSaved }: EditTabProps) {
  const [base] = useState(read);
  const [begun, setBegun] = useState<{ form: EntrypointForm; exists: boolean } | undefined>(
    base.entrypoint.hasDraft === true
      ? undefined
      : { form: formOf(base.entrypoint), exists: false },
  );
  const group = useGroup();
  if (begun === undefined) return <DraftChoice base={base} onBegin={setBegun} />;
  return (
    <EntrypointEditor
      group={group}
      base={base}
      start={begun.form}
      draftOf={{ kind: 'change', entrypoint: base.entrypoint, exists: begun.exists }}
      onSaved={onSaved}
    />
  );
}

interface DraftChoiceProps {
  readonly base: ReadEntrypoint;
  readonly onBegin: (begun: { form: EntrypointForm; exists: boolean }) => void;
}

/** Offers what was not saved the last time. */
function DraftChoice({ base, onBegin }: DraftChoiceProps) {
  const { id, snapshot } = base.entrypoint;
  const group = useGroup();
  const notices = useNotices();
  const plugins = useQuery(pluginsQuery(group));
  const draft = useQuery({
    queryKey: ['entrypointDraft', 'of', id],
    queryFn: () => draftOf(id),
    gcTime: 0,
  });
  const saved = formOf(base.entrypoint);
  const discard = (): void => {
    const gone = answerOf(dioptra.DELETE('/entrypoints/{id}/draft', { params: { path: { id } } }));
    gone.then(() => onBegin({ form: saved, exists: false }), notices.failed);
  };
  const resume = ({ payload }: EntrypointDraft): void => {
    const newest = (plugins.data?.data ?? []).map(newestOf);
    onBegin({ form: draftForm(payload, newest, saved), exists: true });
  };
  return (
    <Answer query={draft}>
      {(found) => (
        <Card title="You have a draft">
          <p>
            You changed this entrypoint <Time at={found.lastModifiedOn} /> and did not save it.
            {found.resourceSnapshot !== snapshot &&
              ' It was saved by somebody since; you will see the differences when you save.'}
          </p>
          <div className="row">
            <Button kind="primary" disabled={plugins.isPending} onClick={() => resume(found)}>
              Go on with the draft
            </Button>
            <Button onClick={discard}>Discard it, and begin from the saved version</Button>
          </div>
        </Card>
      )}
    </Answer>
  );
}

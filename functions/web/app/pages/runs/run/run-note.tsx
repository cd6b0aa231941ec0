import { useState } from 'react';
import { Button } from '../../../ui/button.tsx';
import { TextArea } from '../../../ui/field.tsx';
import { submitting } from '../../../ui/form.tsx';
import { Card, ErrorNote } from '../../../ui/page.tsx';
import { Markdown } from '../artifacts/markdown.tsx';
import { isDeleted, isLocked, NOTE_TAG, type Run, setTag, tagOf } from '../run-data.ts';
import { useRunChange } from './run-actions.tsx';

/** What people wrote about the run, as Markdown. */
export function RunNote({ run }: { readonly run: Run }) {
  const note = tagOf(run, NOTE_TAG) ?? '';
  const [draft, setDraft] = useState<string>();
  const change = useRunChange(run, 'The note is kept.');
  const fixed = isLocked(run) || isDeleted(run);
  const submit = submitting(() => {
    change.mutate(() => setTag(run.info.run_id, NOTE_TAG, draft ?? ''), {
      onSuccess: () => setDraft(undefined),
    });
  });
  if (draft === undefined) {
    return (
      <Card
        title="Note"
        actions={!fixed && <Button onClick={() => setDraft(note)}>Edit the note</Button>}
      >
        {note === '' ? <p className="quiet">None yet.</p> : <Markdown text={note} />}
      </Card>
    );
  }
  return (
    <Card title="Note">
      <form className="stack run-note" onSubmit={submit}>
        <TextArea
          label="Note"
          labelHidden
          rows={6}
          maxLength={5000}
          hint="Markdown: headings, lists, tables, code and links."
          value={draft}
          onChange={({ target }) => setDraft(target.value)}
        />
        {change.isError && <ErrorNote error={change.error} />}
        <div className="row">
          <Button type="submit" kind="primary" busy={change.isPending}>
            Keep the note
          </Button>
          <Button onClick={() => setDraft(undefined)}>Cancel</Button>
        </div>
      </form>
    </Card>
  );
}

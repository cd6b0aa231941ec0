import { useState } from 'react';
import { Button } from './button.tsx';
import { TextArea } from './field.tsx';
import { ErrorNote } from './page.tsx';
import './long-text.css';
import { SubmitRow, submitting } from './form.tsx';

interface LongTextProps {
  /** What it is: "Description". */
  readonly label: string;
  readonly text: string;
  /** Without it the text can only be read. Throws what the server refused. */
  readonly onSave?: (text: string) => Promise<unknown>;
}

/** A text of several lines, shown as it was written, that can be changed in place. */
export function LongText({ label, text, onSave }: LongTextProps) {
  const [editing, setEditing] = useState(false);
  if (editing && onSave !== undefined) {
    return (
      <LongTextForm label={label} text={text} onSave={onSave} onDone={() => setEditing(false)} />
    );
  }
  return (
    <div className="long-text">
      {text === '' ? (
        <span className="quiet">No {label.toLowerCase()}.</span>
      ) : (
        <bdi className="long-text-shown">{text}</bdi>
      )}
      {onSave !== undefined && (
        <Button kind="quiet" onClick={() => setEditing(true)}>
          {text === '' ? `Add a ${label.toLowerCase()}` : `Edit the ${label.toLowerCase()}`}
        </Button>
      )}
    </div>
  );
}

interface LongTextFormProps extends Required<LongTextProps> {
  readonly onDone: () => void;
}

function LongTextForm({ label, text, onSave, onDone }: LongTextFormProps) {
  const [draft, setDraft] = useState(text);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const save = submitting(() => {
    setBusy(true);
    onSave(draft)
      .then(onDone, setError)
      .finally(() => setBusy(false));
  });
  return (
    <form className="stack" onSubmit={save}>
      <TextArea
        label={label}
        rows={5}
        value={draft}
        autoFocus
        onChange={({ target }) => setDraft(target.value)}
      />
      {error !== undefined && <ErrorNote error={error} />}
      <SubmitRow busy={busy} onCancel={onDone}>
        Save
      </SubmitRow>
    </form>
  );
}

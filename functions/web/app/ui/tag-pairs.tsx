import { useId, useState } from 'react';
import { Button } from './button.tsx';
import { Dialog } from './dialog.tsx';
import { TextArea, TextField } from './field.tsx';
import { ErrorNote } from './page.tsx';
import './tag-pairs.css';
import { SubmitRow, submitting } from './form.tsx';

export interface Tag {
  readonly key: string;
  readonly value: string;
}

interface TagPairsProps {
  readonly tags: readonly Tag[];
  /** Without it they can only be read. Throws what the server refused. */
  readonly onSet?: (tag: Tag) => Promise<unknown>;
  readonly onDelete?: (key: string) => Promise<unknown>;
}

/** Tags with what can be done to them. */
export function TagPairs({ tags, onSet, onDelete }: TagPairsProps) {
  const [edited, setEdited] = useState<Tag>();
  return (
    <>
      <ul className="tag-pairs">
        {tags.map((tag) => (
          <li key={tag.key}>
            <bdi className="tag-key">{tag.key}</bdi>
            <bdi className="tag-value" title={tag.value}>
              {tag.value}
            </bdi>
            {onSet !== undefined && (
              <Button
                kind="quiet"
                aria-label={`Change the tag ${tag.key}`}
                onClick={() => setEdited(tag)}
              >
                ✎
              </Button>
            )}
            {onDelete !== undefined && <DeleteTag tagKey={tag.key} onDelete={onDelete} />}
          </li>
        ))}
        {onSet !== undefined && (
          <li className="tag-add">
            <Button kind="quiet" onClick={() => setEdited({ key: '', value: '' })}>
              + Add a tag
            </Button>
          </li>
        )}
      </ul>
      {onSet !== undefined && (
        <TagDialog tag={edited} onSet={onSet} onClose={() => setEdited(undefined)} />
      )}
    </>
  );
}

interface DeleteTagProps {
  readonly tagKey: string;
  readonly onDelete: (key: string) => Promise<unknown>;
}

function DeleteTag({ tagKey, onDelete }: DeleteTagProps) {
  const [busy, setBusy] = useState(false);
  const remove = (): void => {
    setBusy(true);
    void onDelete(tagKey)
      // Whoever passed the call says what went wrong.
      .catch(() => undefined)
      .finally(() => setBusy(false));
  };
  return (
    <Button kind="quiet" busy={busy} aria-label={`Delete the tag ${tagKey}`} onClick={remove}>
      ✕
    </Button>
  );
}

interface TagDialogProps {
  /** What it begins with; an empty key makes a new one. */
  readonly tag: Tag | undefined;
  readonly onSet: (tag: Tag) => Promise<unknown>;
  readonly onClose: () => void;
  readonly title?: string;
}

/** Asks for a tag: one of a run, or of many at once. */
export function TagDialog({ tag, onSet, onClose, title }: TagDialogProps) {
  const named = title ?? (tag?.key === '' ? 'Add a tag' : 'Change a tag');
  return (
    <Dialog title={named} open={tag !== undefined} onClose={onClose}>
      {tag !== undefined && <TagForm tag={tag} onSet={onSet} onClose={onClose} />}
    </Dialog>
  );
}

function TagForm({ tag, onSet, onClose }: TagDialogProps & { readonly tag: Tag }) {
  const [key, setKey] = useState(tag.key);
  const [value, setValue] = useState(tag.value);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const form = useId();
  const save = submitting(() => {
    setBusy(true);
    onSet({ key: key.trim(), value })
      .then(onClose, setError)
      .finally(() => setBusy(false));
  });
  return (
    <form id={form} className="stack" onSubmit={save}>
      <TextField
        label="Name"
        required
        value={key}
        readOnly={tag.key !== ''}
        maxLength={250}
        onChange={({ target }) => setKey(target.value)}
      />
      <TextArea label="Value" value={value} onChange={({ target }) => setValue(target.value)} />
      {error !== undefined && <ErrorNote error={error} />}
      <SubmitRow busy={busy} onCancel={onClose}>
        Save
      </SubmitRow>
    </form>
  );
}

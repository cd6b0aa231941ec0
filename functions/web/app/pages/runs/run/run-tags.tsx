import { useState } from 'react';
import { Button } from '../../../ui/button.tsx';
import { Checkbox, TextField } from '../../../ui/field.tsx';
import { submitting } from '../../../ui/form.tsx';
import { useNotices } from '../../../ui/notices.tsx';
import { Card } from '../../../ui/page.tsx';
import { Name } from '../../../ui/text.tsx';
import { deleteTag, isDeleted, isLocked, isOwnTag, type Run, setTag } from '../run-data.ts';
import { useRunChange } from './run-actions.tsx';

interface RunTagsProps {
  readonly run: Run;
  readonly fits: (text: string) => boolean;
}

/** Tags of people, to change; those that clients and the server note for themselves on demand. */
export function RunTags({ run, fits }: RunTagsProps) {
  const [all, setAll] = useState(false);
  const tags = (run.data.tags ?? []).filter(
    ({ key, value }) => (all || isOwnTag(key)) && (fits(key) || fits(value)),
  );
  const fixed = isLocked(run) || isDeleted(run);
  return (
    <Card
      title={`Tags (${tags.length})`}
      actions={
        <Checkbox
          label="Also those of clients"
          checked={all}
          onChange={({ target }) => setAll(target.checked)}
        />
      }
    >
      {tags.length === 0 ? (
        <p className="quiet">No tags here.</p>
      ) : (
        <ul className="run-tags">
          {tags.map(({ key, value }) => (
            <li key={key} className="run-tag">
              <Name>{key}</Name>
              <Name>{value}</Name>
              {isOwnTag(key) && !fixed ? <Remove run={run} tag={key} /> : <span />}
            </li>
          ))}
        </ul>
      )}
      {fixed ? (
        <p className="quiet">A run that is locked or deleted keeps its tags as they are.</p>
      ) : (
        <Add run={run} />
      )}
    </Card>
  );
}

function Remove({ run, tag }: { readonly run: Run; readonly tag: string }) {
  const notices = useNotices();
  const change = useRunChange(run, `The tag ${tag} is gone.`);
  return (
    <Button
      kind="quiet"
      aria-label={`Remove the tag ${tag}`}
      busy={change.isPending}
      onClick={() =>
        change.mutate(() => deleteTag(run.info.run_id, tag), { onError: notices.failed })
      }
    >
      ✕
    </Button>
  );
}

function Add({ run }: { readonly run: Run }) {
  const [key, setKey] = useState('');
  const [value, setValue] = useState('');
  const notices = useNotices();
  const change = useRunChange(run, 'The tag is set.');
  const submit = submitting(() => {
    change.mutate(() => setTag(run.info.run_id, key.trim(), value), {
      onError: notices.failed,
      onSuccess: () => {
        setKey('');
        setValue('');
      },
    });
  });
  return (
    <form className="run-tag-form" onSubmit={submit}>
      <TextField
        label="Tag"
        required
        maxLength={250}
        value={key}
        onChange={({ target }) => setKey(target.value)}
      />
      <TextField
        label="Value"
        maxLength={5000}
        value={value}
        onChange={({ target }) => setValue(target.value)}
      />
      <Button type="submit" busy={change.isPending}>
        Set the tag
      </Button>
    </form>
  );
}

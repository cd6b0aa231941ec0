import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { answerOf, dioptra } from '../data/api.ts';
import { useGroup } from '../data/use-group.ts';
import { Button } from './button.tsx';
import { Dialog } from './dialog.tsx';
import { Checkbox, TextField } from './field.tsx';
import { submitting } from './form.tsx';
import { useNotices } from './notices.tsx';
import { Answer } from './page.tsx';
import { Badge } from './text.tsx';
import './resource-list.css';

export interface Tag {
  readonly id: number;
  readonly name: string;
}

/** The tags of something, as words. */
export const TagList = ({ tags }: { readonly tags: readonly Tag[] }) => (
  <span className="resource-tags">
    {tags.map(({ id, name }) => (
      <Badge key={id}>
        <bdi>{name}</bdi>
      </Badge>
    ))}
  </span>
);

interface TagsDialogProps {
  /** What is tagged, by its name; closed while there is none. */
  readonly name: string | undefined;
  readonly tags: readonly Tag[];
  /** Replaces its tags. */
  readonly save: (ids: number[]) => Promise<unknown>;
  readonly onClose: () => void;
  /** Keys of the queries that show the tags. */
  readonly changes: readonly (readonly unknown[])[];
}

/** Chooses which of the group's tags are on something, and makes more of them. */
export function TagsDialog({ name, onClose, ...rest }: TagsDialogProps) {
  return (
    <Dialog title={`Tags of ${name ?? ''}`} open={name !== undefined} onClose={onClose}>
      {name !== undefined && <TagsForm {...rest} onClose={onClose} />}
    </Dialog>
  );
}

function TagsForm({ tags, save, onClose, changes }: Omit<TagsDialogProps, 'name'>) {
  const [chosen, setChosen] = useState<ReadonlySet<number>>(new Set(tags.map(({ id }) => id)));
  const group = useGroup();
  const queries = useQueryClient();
  const notices = useNotices();
  const known = useQuery({
    queryKey: ['tags', group],
    queryFn: () =>
      answerOf(
        dioptra.GET('/tags', {
          params: { query: { groupId: group, pageLength: 1000, sortBy: 'name' } },
        }),
      ),
  });
  const keep = useMutation({
    mutationFn: () => save([...chosen]),
    onSuccess: async () => {
      notices.done('The tags are saved.');
      onClose();
      await Promise.all(changes.map((queryKey) => queries.invalidateQueries({ queryKey })));
    },
    onError: notices.failed,
  });
  const toggle = (id: number, on: boolean) =>
    setChosen(new Set(on ? [...chosen, id] : [...chosen].filter((each) => each !== id)));
  return (
    <div className="stack">
      <Answer query={known}>
        {({ data }) =>
          data.length === 0 ? (
            <p className="quiet">The group has no tags yet.</p>
          ) : (
            <div className="resource-tags-choice">
              {data.map((tag) => (
                <Checkbox
                  key={tag.id}
                  label={<bdi>{tag.name}</bdi>}
                  checked={chosen.has(tag.id)}
                  onChange={({ target }) => toggle(tag.id, target.checked)}
                />
              ))}
            </div>
          )
        }
      </Answer>
      <NewTag group={group} onMade={(id) => toggle(id, true)} />
      <div className="row">
        <Button kind="primary" busy={keep.isPending} onClick={() => keep.mutate()}>
          Save tags
        </Button>
        <Button onClick={onClose}>Cancel</Button>
      </div>
    </div>
  );
}

function NewTag({ group, onMade }: { group: number; onMade: (id: number) => void }) {
  const [name, setName] = useState('');
  const queries = useQueryClient();
  const make = useMutation({
    mutationFn: () => answerOf(dioptra.POST('/tags', { body: { name: name.trim(), group } })),
    onSuccess: async ({ id }) => {
      setName('');
      onMade(id);
      await queries.invalidateQueries({ queryKey: ['tags'] });
    },
  });
  return (
    <form
      className="row"
      onSubmit={submitting(() => {
        make.mutate();
      })}
    >
      <TextField
        label="New tag"
        labelHidden
        placeholder="New tag"
        value={name}
        error={make.error?.message}
        onChange={({ target }) => setName(target.value)}
      />
      <Button type="submit" busy={make.isPending} disabled={name.trim() === ''}>
        Make it
      </Button>
    </form>
  );
}

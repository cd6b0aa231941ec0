import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { sessionQuery } from '../../../data/session.ts';
import { keepText, keptText } from '../../../shell/kept.ts';
import { Button } from '../../../ui/button.tsx';
import { Dialog } from '../../../ui/dialog.tsx';
import { TextField } from '../../../ui/field.tsx';
import { submitting } from '../../../ui/form.tsx';
import { Menu } from '../../../ui/menu.tsx';
import type { ExperimentSearch } from '../search.ts';
import { type KeptView, viewsOf } from './kept-views.ts';

const MOST = 50;

interface Place {
  readonly user: number | null;
  readonly group: number;
  readonly experiment: string;
}

const keyOf = ({ user, group, experiment }: Place): string =>
  `views.${user ?? 0}.${group}.${experiment}`;

const keptViews = (place: Place): readonly KeptView[] => viewsOf(keptText(keyOf(place)));

/** Keeps the views of an experiment, the latest ones of them. */
const keepViews = (place: Place, views: readonly KeptView[]): void =>
  keepText(keyOf(place), JSON.stringify(views.slice(-MOST)));

interface ViewsMenuProps {
  readonly group: number;
  readonly experiment: string;
  /** What would be kept now. */
  readonly search: ExperimentSearch;
}

/** Searches with their columns and order under names, in this browser; the address shows one to others. */
export function ViewsMenu({ group, experiment, search }: ViewsMenuProps) {
  const user = useQuery(sessionQuery).data?.id ?? null;
  const place = { user, group, experiment };
  const [views, setViews] = useState(() => keptViews(place));
  const [naming, setNaming] = useState(false);
  const keep = (next: readonly KeptView[]): void => {
    keepViews(place, next);
    setViews(next);
  };
  const others = (name: string) => views.filter((view) => view.name !== name);
  return (
    <>
      <Menu label="Views">
        {views.map(({ name, search: kept }) => (
          <div key={name} className="kept-view">
            <Link to="/$group/experiments/$experiment" params={{ group, experiment }} search={kept}>
              <bdi>{name}</bdi>
            </Link>
            <Button
              kind="quiet"
              aria-label={`Forget the view ${name}`}
              onClick={() => keep(others(name))}
            >
              ✕
            </Button>
          </div>
        ))}
        {views.length === 0 && (
          <p className="quiet kept-view-hint">
            A view keeps search, columns and order under a name, in this browser. To show one to
            others, send the address of this page.
          </p>
        )}
        <Button onClick={() => setNaming(true)}>Save this view …</Button>
      </Menu>
      <Dialog title="Save this view" open={naming} onClose={() => setNaming(false)}>
        <NameForm
          onName={(name) => {
            keep([...others(name), { name, search: { ...search, tab: undefined } }]);
            setNaming(false);
          }}
        />
      </Dialog>
    </>
  );
}

function NameForm({ onName }: { readonly onName: (name: string) => void }) {
  const [name, setName] = useState('');
  const save = submitting(() => onName(name.trim()));
  return (
    <form className="stack" onSubmit={save}>
      <TextField
        label="Name"
        required
        pattern=".*\S.*"
        maxLength={80}
        value={name}
        hint="A view of the same name is replaced."
        onChange={({ target }) => setName(target.value)}
      />
      <div className="row">
        <Button kind="primary" type="submit">
          Save
        </Button>
      </div>
    </form>
  );
}

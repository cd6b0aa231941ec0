import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { answerOf, type DioptraAnswer, dioptra } from '../../data/api.ts';
import { useGroup } from '../../data/use-group.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Field, SelectField, TextField } from '../../ui/field.tsx';
import { SubmitRow, submitting } from '../../ui/form.tsx';
import { ErrorNote } from '../../ui/page.tsx';
import { Name } from '../../ui/text.tsx';

const CONFLICTS = ['fail', 'update', 'overwrite'] as const;
type Conflict = (typeof CONFLICTS)[number];
const MEANINGS: Readonly<Record<Conflict, string>> = {
  fail: 'refuse the import',
  update: 'make a new version of it',
  overwrite: 'delete it and make it anew',
};

interface Source {
  readonly archive: File | undefined;
  readonly git: string;
  readonly config: string;
  readonly conflict: Conflict;
}

/** The form as it is sent: either an archive or the address of a repository. */
function formOf(group: number, { archive, git, config, conflict }: Source): FormData {
  const form = new FormData();
  form.set('group', String(group));
  form.set('sourceType', archive === undefined ? 'git' : 'upload_archive');
  if (archive === undefined) form.set('gitUrl', git.trim());
  else form.set('archiveFile', archive);
  form.set('configPath', config);
  form.set('resolveNameConflictsStrategy', conflict);
  return form;
}

interface ImportDialogProps {
  readonly open: boolean;
  readonly onClose: () => void;
}

/** Makes plugins, types and entrypoints of an archive or a git repository. */
export function ImportDialog({ open, onClose }: ImportDialogProps) {
  return (
    <Dialog title="Import plugins and entrypoints" open={open} onClose={onClose}>
      <ImportForm onClose={onClose} />
    </Dialog>
  );
}

type Imported = DioptraAnswer<'importResources'>;

function ImportForm({ onClose }: Pick<ImportDialogProps, 'onClose'>) {
  const [source, setSource] = useState<Source>({
    archive: undefined,
    git: '',
    config: 'dioptra.toml',
    conflict: 'fail',
  });
  const group = useGroup();
  const queries = useQueryClient();
  const change = (part: Partial<Source>) => setSource((before) => ({ ...before, ...part }));
  const run = useMutation({
    mutationFn: () =>
      answerOf(
        dioptra.POST('/workflows/resourceImport', {
          body: formOf(group, source) as never,
          bodySerializer: (form: unknown) => form as FormData,
        }),
      ),
    onSuccess: () =>
      Promise.all(
        [['plugins'], ['entrypoints'], ['parameterTypes']].map((queryKey) =>
          queries.invalidateQueries({ queryKey }),
        ),
      ),
  });
  if (run.data !== undefined) return <Result imported={run.data} group={group} onClose={onClose} />;
  const ready = source.archive !== undefined || source.git.trim() !== '';
  return (
    <form
      className="stack"
      onSubmit={submitting(() => {
        if (ready) run.mutate();
      })}
    >
      <Field label="Archive" hint="A .tar.gz or .zip of folders with Python files.">
        {(aria) => (
          <input
            type="file"
            accept=".tar,.gz,.tgz,.bz2,.xz,.zip"
            onChange={({ target }) => change({ archive: target.files?.[0] })}
            {...aria}
          />
        )}
      </Field>
      <TextField
        label="or git repository"
        placeholder="https://github.com/…"
        value={source.git}
        disabled={source.archive !== undefined}
        hint="Of a host that this deployment allows."
        onChange={({ target }) => change({ git: target.value })}
      />
      <TextField
        label="Configuration in it"
        value={source.config}
        hint="Says which folders are plugins, and which files entrypoints."
        onChange={({ target }) => change({ config: target.value })}
      />
      <SelectField
        label="Where something of a name is there already"
        value={source.conflict}
        onChange={({ target }) =>
          change({ conflict: CONFLICTS.find((each) => each === target.value) ?? 'fail' })
        }
      >
        {CONFLICTS.map((each) => (
          <option key={each} value={each}>
            {MEANINGS[each]}
          </option>
        ))}
      </SelectField>
      {run.isError && <ErrorNote error={run.error} />}
      <SubmitRow busy={run.isPending} disabled={!ready} onCancel={onClose}>
        Import
      </SubmitRow>
    </form>
  );
}

interface ResultProps {
  readonly imported: Imported;
  readonly group: number;
  readonly onClose: () => void;
}

function Result({ imported: { resources }, group, onClose }: ResultProps) {
  const types = Object.keys(resources.plugin_param_types);
  return (
    <div className="stack">
      <p role="status">It is imported.</p>
      <ul>
        {Object.entries(resources.plugins).map(([name, id]) => (
          <li key={id}>
            Plugin{' '}
            <Link to="/$group/plugins/$plugin" params={{ group, plugin: String(id) }}>
              <Name>{name}</Name>
            </Link>
          </li>
        ))}
        {Object.entries(resources.entrypoints).map(([name, id]) => (
          <li key={id}>
            Entrypoint{' '}
            <Link to="/$group/entrypoints/$entrypoint" params={{ group, entrypoint: String(id) }}>
              <Name>{name}</Name>
            </Link>
          </li>
        ))}
        {types.length > 0 && (
          <li>
            Types <Name>{types.join(', ')}</Name>
          </li>
        )}
      </ul>
      <div>
        <Button kind="primary" onClick={onClose}>
          Close
        </Button>
      </div>
    </div>
  );
}

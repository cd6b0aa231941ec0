import { useMutation } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useState } from 'react';
import { Button } from '../../ui/button.tsx';
import { Confirm } from '../../ui/dialog.tsx';
import { SelectField, TextField } from '../../ui/field.tsx';
import { submitting } from '../../ui/form.tsx';
import { LongText } from '../../ui/long-text.tsx';
import { useNotices } from '../../ui/notices.tsx';
import { Card, ErrorNote } from '../../ui/page.tsx';
import { TagPairs } from '../../ui/tag-pairs.tsx';
import { Badge, Copyable, Facts, Name, Time } from '../../ui/text.tsx';
import { versionCalls } from './model-calls.ts';
import { isPrompt, type Model, ownTags, promptOf, STAGES, type Version } from './model-data.ts';
import { useModelChanged } from './model-dialogs.tsx';
import { aliasesOf } from './version-list.tsx';

const route = getRouteApi('/signed-in/$group/models/$model');

interface VersionCardProps {
  readonly group: number;
  readonly model: Model;
  readonly version: Version;
}

/** One version, with all that can be done to it. */
export function VersionCard(props: VersionCardProps) {
  const { group, model, version } = props;
  const navigate = route.useNavigate();
  const calls = versionCalls(group, model.name, version.version);
  const changed = useModelChanged(group);
  const { failed } = useNotices();
  const text = promptOf(version);
  return (
    <Card
      title={`Version ${version.version}`}
      actions={
        <div className="row">
          <DeleteVersion {...props} />
          <Button kind="quiet" onClick={() => void navigate({ search: {} })}>
            Close
          </Button>
        </div>
      }
    >
      <LongText
        label="Description"
        text={version.description ?? ''}
        onSave={(description) => calls.describe(description).then(changed)}
      />
      <TagPairs
        tags={ownTags(version)}
        onSet={(tag) => calls.setTag(tag).then(changed)}
        onDelete={(key) => calls.deleteTag(key).catch(failed).then(changed)}
      />
      {text !== undefined && <Copyable text={text} />}
      <VersionFacts {...props} />
      <div className="version-forms">
        <Aliases {...props} />
        {!isPrompt(model) && <Stage {...props} />}
      </div>
      <Copyable text={loadCode(model, version)} />
    </Card>
  );
}

const loadCode = (model: Model, { version }: Version): string =>
  isPrompt(model)
    ? `mlflow.genai.load_prompt(${JSON.stringify(`prompts:/${model.name}/${version}`)})`
    : `mlflow.pyfunc.load_model(${JSON.stringify(`models:/${model.name}/${version}`)})`;

function VersionFacts({ group, version }: VersionCardProps) {
  const { run_id: run, source } = version;
  return (
    <Facts
      facts={[
        ['Created', <Time key="created" at={version.creation_timestamp} />],
        ['Changed', <Time key="changed" at={version.last_updated_timestamp} />],
        ['Source', <Name key="source">{source}</Name>],
        [
          'Run',
          run === '' ? (
            'none'
          ) : (
            <Link key="run" to="/$group/runs/$run" params={{ group, run }}>
              <Name>{run}</Name>
            </Link>
          ),
        ],
      ]}
    />
  );
}

function Aliases({ group, model, version }: VersionCardProps) {
  const [alias, setAlias] = useState('');
  const calls = versionCalls(group, model.name, version.version);
  const changed = useModelChanged(group);
  const { done, failed } = useNotices();
  const set = useMutation({
    mutationFn: calls.setAlias,
    onSuccess: (_, name) => {
      setAlias('');
      done(`@${name} is version ${version.version} now.`);
      return changed();
    },
  });
  const remove = useMutation({
    mutationFn: calls.deleteAlias,
    onSuccess: changed,
    onError: failed,
  });
  const submit = submitting(() => set.mutate(alias.trim()));
  const held = model.aliases?.find((each) => each.alias === alias.trim());
  return (
    <form className="stack" onSubmit={submit}>
      <div className="row">
        {(aliasesOf(model).get(version.version) ?? []).map((each) => (
          <Badge key={each} tone="busy">
            @<bdi>{each}</bdi>
            <Button
              kind="quiet"
              className="alias-delete"
              aria-label={`Delete the alias ${each}`}
              onClick={() => remove.mutate(each)}
            >
              ✕
            </Button>
          </Badge>
        ))}
      </div>
      <div className="row version-form">
        <TextField
          label="Alias"
          required
          maxLength={255}
          value={alias}
          placeholder="champion"
          hint={
            held === undefined
              ? 'Letters, digits, “_” and “-”. Clients load the version by it.'
              : `It stands for version ${held.version} now, and will stand for this one.`
          }
          onChange={({ target }) => setAlias(target.value)}
        />
        <Button type="submit" busy={set.isPending}>
          Set alias
        </Button>
      </div>
      {set.isError && <ErrorNote error={set.error} />}
    </form>
  );
}

function Stage({ group, model, version }: VersionCardProps) {
  const changed = useModelChanged(group);
  const { done, failed } = useNotices();
  const move = useMutation({
    mutationFn: versionCalls(group, model.name, version.version).move,
    onSuccess: (_, stage) => {
      done(`Version ${version.version} is in ${stage} now.`);
      return changed();
    },
    onError: failed,
  });
  return (
    <SelectField
      label="Stage"
      hint="MLflow advises aliases instead of stages."
      value={version.current_stage}
      disabled={move.isPending}
      onChange={({ target }) => move.mutate(target.value)}
    >
      {STAGES.map((stage) => (
        <option key={stage}>{stage}</option>
      ))}
    </SelectField>
  );
}

function DeleteVersion({ group, model, version }: VersionCardProps) {
  const [open, setOpen] = useState(false);
  const navigate = route.useNavigate();
  const changed = useModelChanged(group);
  const { done } = useNotices();
  const remove = useMutation({
    mutationFn: versionCalls(group, model.name, version.version).remove,
    onSuccess: async () => {
      done(`Version ${version.version} was deleted.`);
      await navigate({ search: {} });
      await changed();
    },
  });
  return (
    <>
      <Button kind="danger" onClick={() => setOpen(true)}>
        Delete version …
      </Button>
      <Confirm
        title={`Delete version ${version.version}`}
        open={open}
        onClose={() => setOpen(false)}
        action="Delete"
        danger
        busy={remove.isPending}
        onConfirm={() => remove.mutate()}
      >
        <p>
          The version and the aliases that stand for it will be deleted. This cannot be undone. Its
          run and the artifacts of it stay.
        </p>
        {remove.isError && <ErrorNote error={remove.error} />}
      </Confirm>
    </>
  );
}

import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { answerOf, dioptra } from '../../data/api.ts';
import { Button } from '../../ui/button.tsx';
import { TextField } from '../../ui/field.tsx';
import { submitting } from '../../ui/form.tsx';
import { LongText } from '../../ui/long-text.tsx';
import { useNotices } from '../../ui/notices.tsx';
import { Card } from '../../ui/page.tsx';
import { TagPairs } from '../../ui/tag-pairs.tsx';
import { Copyable, Facts, Name, Time } from '../../ui/text.tsx';
import {
  deleteExperimentTag,
  type Experiment,
  NOTE_TAG,
  ownTags,
  RETENTION_TAG,
  setExperimentTag,
  tagOf,
} from './experiment-data.ts';
import {
  DeleteExperiment,
  RemoveExperiment,
  RenameExperiment,
  useExperimentChanged,
  useRestoreExperiment,
} from './experiment-dialogs.tsx';

interface AboutProps {
  readonly group: number;
  readonly experiment: Experiment;
}

/** Sets and deletes tags of the experiment, and says what came of it. */
function useTags({ group, experiment }: AboutProps) {
  const id = experiment.experiment_id;
  const changed = useExperimentChanged(group);
  const { failed } = useNotices();
  return {
    set: async (key: string, value: string) => {
      await setExperimentTag(group, id, key, value);
      await changed();
    },
    remove: async (key: string) => {
      await deleteExperimentTag(group, id, key).catch(failed);
      await changed();
    },
  };
}

/** What there is to say of an experiment beside its runs, and what can be done to it. */
export function AboutTab(props: AboutProps) {
  const { experiment } = props;
  const tags = useTags(props);
  const open = experiment.lifecycle_stage === 'active';
  return (
    <div className="stack">
      <Card title="Description">
        <LongText
          label="Description"
          text={tagOf(experiment, NOTE_TAG) ?? ''}
          {...(open && { onSave: (text: string) => tags.set(NOTE_TAG, text) })}
        />
      </Card>
      <Card title="Tags">
        <TagPairs
          tags={ownTags(experiment)}
          {...(open && {
            onSet: ({ key, value }: { key: string; value: string }) => tags.set(key, value),
            onDelete: tags.remove,
          })}
        />
        {!open && <p className="quiet">Restore the experiment to change its tags.</p>}
      </Card>
      <div className="grid">
        <Details {...props} />
        <Entrypoints {...props} />
      </div>
      {open && <Retention {...props} />}
      <Lifecycle {...props} />
    </div>
  );
}

function Details({ experiment }: AboutProps) {
  return (
    <Card title="Details">
      <Facts
        facts={[
          ['Id', <Name key="id">{experiment.experiment_id}</Name>],
          ['Created', <Time key="created" at={experiment.creation_time} />],
          ['Changed', <Time key="changed" at={experiment.last_update_time} />],
          ['Artifacts', <Name key="artifacts">{experiment.artifact_location}</Name>],
        ]}
      />
      <Copyable text={`mlflow.set_experiment(experiment_id="${experiment.experiment_id}")`} />
    </Card>
  );
}

/** What its jobs may run, where Dioptra's API has the experiment. */
function Entrypoints({ group, experiment }: AboutProps) {
  const id = Number(experiment.experiment_id);
  const query = useQuery({
    queryKey: ['experiment', group, experiment.experiment_id, 'entrypoints'],
    queryFn: () =>
      answerOf(dioptra.GET('/experiments/{id}/entrypoints', { params: { path: { id } } })),
    enabled: id > 0 && experiment.lifecycle_stage === 'active',
  });
  if (query.data === undefined) return null;
  return (
    <Card title="Entrypoints">
      {query.data.length === 0 ? (
        <p className="quiet">None: an entrypoint that names this experiment can run jobs in it.</p>
      ) : (
        <ul>
          {query.data.map(({ id: entrypoint, name }) => (
            <li key={entrypoint}>
              <Link
                to="/$group/entrypoints/$entrypoint"
                params={{ group, entrypoint: String(entrypoint) }}
              >
                <Name>{name}</Name>
              </Link>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}

function Retention(props: AboutProps) {
  const kept = tagOf(props.experiment, RETENTION_TAG) ?? '';
  const [days, setDays] = useState(kept);
  const [busy, setBusy] = useState(false);
  const tags = useTags(props);
  const { done, failed } = useNotices();
  const save = submitting(() => {
    setBusy(true);
    const change = days === '' ? tags.remove(RETENTION_TAG) : tags.set(RETENTION_TAG, days);
    void change.then(() => done('The retention was saved.'), failed).finally(() => setBusy(false));
  });
  return (
    <Card title="Retention">
      <form className="row" onSubmit={save}>
        <TextField
          label="Days after which deleted runs are removed for good"
          type="number"
          min={1}
          step={1}
          value={days}
          hint="Empty: deleted runs stay until somebody removes them. Locked runs and runs of jobs stay in any case."
          onChange={({ target }) => setDays(target.value)}
        />
        <Button type="submit" busy={busy} disabled={days === kept}>
          Save
        </Button>
      </form>
    </Card>
  );
}

function Lifecycle({ group, experiment }: AboutProps) {
  const [asked, setAsked] = useState<'rename' | 'delete' | 'remove'>();
  const restore = useRestoreExperiment(group);
  const dialog = (what: typeof asked) => ({
    group,
    experiment: asked === what ? experiment : undefined,
    onClose: () => setAsked(undefined),
  });
  return (
    <Card title="Rename or delete">
      <div className="row">
        {experiment.lifecycle_stage === 'active' ? (
          <>
            <Button onClick={() => setAsked('rename')}>Rename …</Button>
            <Button kind="danger" onClick={() => setAsked('delete')}>
              Delete …
            </Button>
          </>
        ) : (
          <>
            <Button
              busy={restore.isPending}
              onClick={() => restore.mutate(experiment.experiment_id)}
            >
              Restore
            </Button>
            <Button kind="danger" onClick={() => setAsked('remove')}>
              Remove for good …
            </Button>
          </>
        )}
      </div>
      <RenameExperiment {...dialog('rename')} />
      <DeleteExperiment {...dialog('delete')} />
      <RemoveExperiment {...dialog('remove')} />
    </Card>
  );
}

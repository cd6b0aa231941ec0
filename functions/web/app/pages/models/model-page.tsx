import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useGroup } from '../../data/use-group.ts';
import { Button } from '../../ui/button.tsx';
import { LongText } from '../../ui/long-text.tsx';
import { useNotices } from '../../ui/notices.tsx';
import { Answer, Card, Empty, Page } from '../../ui/page.tsx';
import { TagPairs } from '../../ui/tag-pairs.tsx';
import { Badge, Facts, FreshnessOf, Time } from '../../ui/text.tsx';
import { CompareVersions } from './compare-versions.tsx';
import { modelCalls } from './model-calls.ts';
import { isPrompt, type Model, modelQuery, ownTags, versionsQuery } from './model-data.ts';
import { DeleteModel, RenameModel, useModelChanged } from './model-dialogs.tsx';
import './models.css';
import { VersionCard } from './version-card.tsx';
import { VersionList } from './version-list.tsx';

const route = getRouteApi('/signed-in/$group/models/$model');

/** One registered model, or prompt, with its versions. */
export function ModelPage() {
  const group = useGroup();
  const { model: name } = route.useParams();
  const query = useQuery(modelQuery(group, name));
  const [asked, setAsked] = useState<'rename' | 'delete'>();
  const prompt = query.data !== undefined && isPrompt(query.data);
  const dialog = (what: typeof asked) => ({
    group,
    name,
    open: asked === what,
    onClose: () => setAsked(undefined),
  });
  return (
    <Page
      title={name}
      above={
        <Link to="/$group/models" params={{ group }} search={prompt ? { kind: 'prompts' } : {}}>
          {prompt ? 'Prompts' : 'Models'}
        </Link>
      }
      freshness={<FreshnessOf query={query} />}
      actions={
        query.data !== undefined && (
          <>
            <Button onClick={() => setAsked('rename')}>Rename …</Button>
            <Button kind="danger" onClick={() => setAsked('delete')}>
              Delete …
            </Button>
          </>
        )
      }
    >
      <Answer query={query}>
        {(model) => (
          <>
            <About group={group} model={model} />
            <Versions group={group} model={model} />
          </>
        )}
      </Answer>
      <RenameModel {...dialog('rename')} />
      <DeleteModel {...dialog('delete')} />
    </Page>
  );
}

interface PartProps {
  readonly group: number;
  readonly model: Model;
}

function About({ group, model }: PartProps) {
  const calls = modelCalls(group, model.name);
  const changed = useModelChanged(group);
  const { failed } = useNotices();
  return (
    <Card>
      <LongText
        label="Description"
        text={model.description ?? ''}
        onSave={(text) => calls.describe(text).then(changed)}
      />
      <TagPairs
        tags={ownTags(model)}
        onSet={(tag) => calls.setTag(tag).then(changed)}
        onDelete={(key) => calls.deleteTag(key).catch(failed).then(changed)}
      />
      <Facts
        facts={[
          ['Created', <Time key="created" at={model.creation_timestamp} />],
          ['Changed', <Time key="changed" at={model.last_updated_timestamp} />],
          [
            'Aliases',
            (model.aliases ?? []).length === 0
              ? 'none'
              : (model.aliases ?? []).map(({ alias, version }) => (
                  <span key={alias}>
                    <Badge tone="busy">
                      @<bdi>{alias}</bdi> v{version}
                    </Badge>{' '}
                  </span>
                )),
          ],
        ]}
      />
    </Card>
  );
}

const code = (name: string): string => `import mlflow
mlflow.set_tracking_uri("${window.location.origin}")
mlflow.register_model("runs:/RUN_ID/model", ${JSON.stringify(name)})`;

function Versions({ group, model }: PartProps) {
  const { version, compare } = route.useSearch();
  const { name } = model;
  const query = useInfiniteQuery(versionsQuery(group, { name, prompt: isPrompt(model) }));
  return (
    <Answer query={query}>
      {(versions) => {
        if (versions.length === 0) {
          return (
            <Empty title="No versions yet" code={code(name)}>
              <p>A version is made of a run’s model:</p>
            </Empty>
          );
        }
        const chosen = versions.find((each) => each.version === String(version));
        const pair = (compare ?? '')
          .split('-')
          .flatMap((number) => versions.find((each) => each.version === number) ?? []);
        const [first, second] = pair;
        return (
          <>
            <VersionList group={group} model={model} versions={versions} query={query} />
            {first !== undefined && second !== undefined && (
              <CompareVersions group={group} first={first} second={second} />
            )}
            {chosen !== undefined && (
              <VersionCard key={chosen.version} group={group} model={model} version={chosen} />
            )}
          </>
        );
      }}
    </Answer>
  );
}

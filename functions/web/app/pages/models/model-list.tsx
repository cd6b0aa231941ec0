import { Link } from '@tanstack/react-router';
import { type ReactNode, useMemo } from 'react';
import { type Column, DataTable, type Sort } from '../../ui/data-table.tsx';
import { Empty } from '../../ui/page.tsx';
import { Badge, Time } from '../../ui/text.tsx';
import { type Model, ownTags } from './model-data.ts';
import { StageBadge } from './stage-badge.tsx';

interface ModelListProps {
  readonly group: number;
  readonly models: readonly Model[];
  readonly prompts: boolean;
  readonly searched: boolean;
  readonly sort: Sort;
  readonly onSort: (sort: Sort) => void;
  readonly onEnd: () => void;
  readonly footer: ReactNode;
}

const modelCode = (): string => `import mlflow
mlflow.set_tracking_uri("${window.location.origin}")
with mlflow.start_run():
    mlflow.sklearn.log_model(model, name="model", registered_model_name="my model")`;

const promptCode = (): string => `import mlflow
mlflow.set_tracking_uri("${window.location.origin}")
mlflow.genai.register_prompt(name="summary", template="Summarise {{ text }} in a sentence.")`;

export function ModelList({ group, models, prompts, searched, ...table }: ModelListProps) {
  const columns = useMemo(() => columnsOf(group, prompts), [group, prompts]);
  if (models.length === 0 && searched) {
    return <Empty title="Nothing fits">Search for something else, or clear the search.</Empty>;
  }
  if (models.length === 0) {
    return (
      <Empty
        title={prompts ? 'No prompts yet' : 'No models yet'}
        code={prompts ? promptCode() : modelCode()}
      >
        <p>Clients register them:</p>
      </Empty>
    );
  }
  return (
    <DataTable
      label={prompts ? 'Prompts' : 'Registered models'}
      columns={columns}
      rows={models}
      rowId={({ name }) => name}
      height="calc(100dvh - 16rem)"
      {...table}
    />
  );
}

/** The number of the newest version, whatever its stage. */
const newestOf = ({ latest_versions: versions }: Model): string => {
  const numbers = (versions ?? []).map(({ version }) => Number(version));
  return numbers.length === 0 ? 'none' : `v${Math.max(...numbers)}`;
};

/** Versions by stage, where a stage says something. */
const Stages = ({ model }: { readonly model: Model }) =>
  (model.latest_versions ?? [])
    .filter(({ current_stage: stage }) => stage !== 'None')
    .map(({ version, current_stage: stage }) => (
      <span key={stage}>
        <StageBadge stage={stage} version={version} />{' '}
      </span>
    ));

function columnsOf(group: number, prompts: boolean): readonly Column<Model>[] {
  const stages: readonly Column<Model>[] = [
    { id: 'stages', title: 'Stages', width: 200, cell: (model) => <Stages model={model} /> },
  ];
  return [
    {
      id: 'name',
      title: 'Name',
      width: 260,
      sortable: true,
      cell: ({ name }) => (
        <Link to="/$group/models/$model" params={{ group, model: name }} title={name}>
          <bdi>{name}</bdi>
        </Link>
      ),
    },
    { id: 'newest', title: 'Newest', width: 80, cell: newestOf },
    {
      id: 'aliases',
      title: 'Aliases',
      width: 220,
      cell: ({ aliases }) =>
        (aliases ?? []).map(({ alias, version }) => (
          <span key={alias}>
            <Badge tone="busy">
              @<bdi>{alias}</bdi> v{version}
            </Badge>{' '}
          </span>
        )),
    },
    ...(prompts ? [] : stages),
    {
      id: 'description',
      title: 'Description',
      width: 240,
      cell: ({ description = '' }) => <bdi title={description}>{description}</bdi>,
    },
    {
      id: 'tags',
      title: 'Tags',
      width: 200,
      cell: (model) => {
        const tags = ownTags(model).map(({ key, value }) => `${key}: ${value}`);
        return <bdi title={tags.join('\n')}>{tags.join(', ')}</bdi>;
      },
    },
    {
      id: 'updated',
      title: 'Changed',
      width: 120,
      sortable: true,
      cell: ({ last_updated_timestamp: at }) => <Time at={at} />,
    },
  ];
}

import { getRouteApi, Link } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { count } from '../../data/format.ts';
import { Button, buttonClass } from '../../ui/button.tsx';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { Card } from '../../ui/page.tsx';
import { Badge, Time } from '../../ui/text.tsx';
import { isPrompt, type Model, ownTags, promptOf, type Version } from './model-data.ts';
import { StageBadge } from './stage-badge.tsx';

const route = getRouteApi('/signed-in/$group/models/$model');

interface VersionListProps {
  readonly group: number;
  readonly model: Model;
  readonly versions: readonly Version[];
  readonly query: {
    readonly hasNextPage: boolean;
    readonly isFetchingNextPage: boolean;
    readonly fetchNextPage: () => unknown;
  };
}

export function VersionList({ group, model, versions, query }: VersionListProps) {
  const { compare } = route.useSearch();
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set(compare?.split('-')));
  const prompt = isPrompt(model);
  const aliases = useMemo(() => aliasesOf(model), [model]);
  const columns = useMemo(() => columnsOf(group, prompt, aliases), [group, prompt, aliases]);
  const pair = [...selected].sort((a, b) => Number(a) - Number(b));
  return (
    <Card
      title="Versions"
      actions={
        pair.length === 2 ? (
          <Link
            className={buttonClass('primary')}
            to="/$group/models/$model"
            params={{ group, model: model.name }}
            search={{ compare: pair.join('-') }}
          >
            Compare v{pair[0]} and v{pair[1]}
          </Link>
        ) : (
          <Button disabled title="Choose two versions to compare them">
            Compare
          </Button>
        )
      }
    >
      <DataTable
        label="Versions"
        columns={columns}
        rows={versions}
        rowId={({ version }) => version}
        rowName={({ version }) => `Version ${version}`}
        height="26rem"
        selected={selected}
        onSelect={setSelected}
        onEnd={() => {
          if (query.hasNextPage && !query.isFetchingNextPage) void query.fetchNextPage();
        }}
        footer={query.hasNextPage ? 'More follow below.' : `${count(versions.length)} in all`}
      />
    </Card>
  );
}

/** The model knows the aliases of all its versions; searches of versions may leave them out. */
export function aliasesOf({ aliases }: Model): ReadonlyMap<string, readonly string[]> {
  const byVersion = new Map<string, readonly string[]>();
  for (const { alias, version } of aliases ?? []) {
    byVersion.set(version, [...(byVersion.get(version) ?? []), alias]);
  }
  return byVersion;
}

function columnsOf(
  group: number,
  prompt: boolean,
  aliases: ReadonlyMap<string, readonly string[]>,
): readonly Column<Version>[] {
  return [
    {
      id: 'version',
      title: 'Version',
      width: 90,
      cell: ({ name, version }) => (
        <Link
          to="/$group/models/$model"
          params={{ group, model: name }}
          search={{ version: Number(version) }}
        >
          v{version}
        </Link>
      ),
    },
    {
      id: 'aliases',
      title: 'Aliases',
      width: 160,
      cell: ({ version }) =>
        (aliases.get(version) ?? []).map((alias) => (
          <span key={alias}>
            <Badge tone="busy">
              @<bdi>{alias}</bdi>
            </Badge>{' '}
          </span>
        )),
    },
    ...(prompt ? [textColumn] : [stageColumn, runColumn(group)]),
    {
      id: 'created',
      title: 'Created',
      width: 120,
      cell: ({ creation_timestamp: at }) => <Time at={at} />,
    },
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
      cell: (version) => {
        const tags = ownTags(version).map(({ key, value }) => `${key}: ${value}`);
        return <bdi title={tags.join('\n')}>{tags.join(', ')}</bdi>;
      },
    },
  ];
}

const textColumn: Column<Version> = {
  id: 'text',
  title: 'Text',
  width: 320,
  cell: (version) => <bdi title={promptOf(version)}>{promptOf(version)}</bdi>,
};

const stageColumn: Column<Version> = {
  id: 'stage',
  title: 'Stage',
  width: 110,
  cell: ({ current_stage: stage }) => (stage === 'None' ? '' : <StageBadge stage={stage} />),
};

const runColumn = (group: number): Column<Version> => ({
  id: 'run',
  title: 'Run',
  width: 110,
  cell: ({ run_id: run }) =>
    run === '' ? (
      ''
    ) : (
      <Link to="/$group/runs/$run" params={{ group, run }} title={run}>
        <span className="mono">{run.slice(0, 8)}</span>
      </Link>
    ),
});

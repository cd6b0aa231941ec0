import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import { answerOf, type MlflowAnswer, mlflow } from '../../data/api.ts';
import { count, number } from '../../data/format.ts';
import { inGroup } from '../../data/workspace.ts';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { Answer, Empty } from '../../ui/page.tsx';
import { Badge, FreshnessOf, Time, type Tone } from '../../ui/text.tsx';

type LoggedModel = NonNullable<MlflowAnswer<'searchLoggedModels'>['models']>[number];

const STATUSES: Readonly<Record<LoggedModel['info']['status'], readonly [Tone, string]>> = {
  LOGGED_MODEL_STATUS_UNSPECIFIED: ['plain', 'Unknown'],
  LOGGED_MODEL_PENDING: ['busy', 'Pending'],
  LOGGED_MODEL_READY: ['good', 'Ready'],
  LOGGED_MODEL_UPLOAD_FAILED: ['bad', 'Upload failed'],
};

const PAGE = 100;

interface LoggedModelsProps {
  readonly group: number;
  readonly experiment: string;
}

const useLoggedModels = ({ group, experiment }: LoggedModelsProps) =>
  useInfiniteQuery({
    queryKey: ['logged-models', group, experiment],
    queryFn: ({ pageParam }) =>
      answerOf(
        mlflow.POST('/api/2.0/mlflow/logged-models/search', {
          body: {
            experiment_ids: [experiment],
            max_results: PAGE,
            ...(pageParam !== '' && { page_token: pageParam }),
          },
          ...inGroup(group),
        }),
      ),
    initialPageParam: '',
    getNextPageParam: ({ next_page_token: token }) => token,
  });

const code = `with mlflow.start_run():
    mlflow.sklearn.log_model(model, name="classifier")`;

/** Models that runs of the experiment logged, the latest first. */
export function LoggedModelsTab(props: LoggedModelsProps) {
  const query = useLoggedModels(props);
  const { group } = props;
  const rows = useMemo(
    () => query.data?.pages.flatMap(({ models }) => models ?? []) ?? [],
    [query.data],
  );
  const columns = useMemo(() => columnsOf(group), [group]);
  return (
    <Answer query={query}>
      {() =>
        rows.length === 0 ? (
          <Empty title="No logged models" code={code}>
            <p>Models that a run logs (MLflow 3) stand here:</p>
          </Empty>
        ) : (
          <div className="stack">
            <FreshnessOf query={query} />
            <DataTable
              label="Logged models"
              columns={columns}
              rows={rows}
              rowId={({ info }) => info.model_id}
              height="calc(100dvh - 18rem)"
              onEnd={() => {
                if (query.hasNextPage && !query.isFetching) void query.fetchNextPage();
              }}
              footer={query.hasNextPage ? 'More follow below.' : `${count(rows.length)} in all`}
            />
          </div>
        )
      }
    </Answer>
  );
}

const pairs = (entries: readonly { readonly key: string; readonly value: string }[]): string =>
  entries.map(({ key, value }) => `${key}: ${value}`).join(', ');

const metricsOf = ({ data }: LoggedModel): string =>
  pairs((data.metrics ?? []).map(({ key, value }) => ({ key, value: number(Number(value)) })));

const columnsOf = (group: number): readonly Column<LoggedModel>[] => [
  {
    id: 'name',
    title: 'Model',
    width: 220,
    cell: ({ info }) => <bdi title={info.model_id}>{info.name}</bdi>,
  },
  {
    id: 'status',
    title: 'Status',
    width: 120,
    cell: ({ info }) => {
      const [tone, word] = STATUSES[info.status];
      return <Badge tone={tone}>{word}</Badge>;
    },
  },
  { id: 'type', title: 'Type', width: 120, cell: ({ info }) => <bdi>{info.model_type}</bdi> },
  {
    id: 'created',
    title: 'Created',
    width: 120,
    cell: ({ info }) => <Time at={info.creation_timestamp_ms} />,
  },
  {
    id: 'run',
    title: 'Run',
    width: 110,
    cell: ({ info }) =>
      info.source_run_id === '' ? (
        ''
      ) : (
        <Link to="/$group/runs/$run" params={{ group, run: info.source_run_id }}>
          <span className="mono">{info.source_run_id.slice(0, 8)}</span>
        </Link>
      ),
  },
  {
    id: 'metrics',
    title: 'Metrics',
    width: 260,
    cell: (model) => <bdi title={metricsOf(model)}>{metricsOf(model)}</bdi>,
  },
  {
    id: 'params',
    title: 'Params',
    width: 260,
    cell: ({ data }) => <bdi title={pairs(data.params ?? [])}>{pairs(data.params ?? [])}</bdi>,
  },
];

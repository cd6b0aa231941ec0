import { wordOf } from '../../../data/search-params.ts';
import { namesIn, parentOf, type RunRow } from './run-row.ts';

/** What a column shows of runs: one of their attributes, or the value of a name. */
export type RunColumn =
  | { readonly kind: 'attribute'; readonly key: Attribute }
  | { readonly kind: 'metrics' | 'params' | 'tags'; readonly key: string };

export const ATTRIBUTES = [
  'name',
  'status',
  'started',
  'duration',
  'user',
  'source',
  'parent',
  'job',
  'ended',
  'version',
  'id',
] as const;
export type Attribute = (typeof ATTRIBUTES)[number];

/** Tags that have a column of their own, or say nothing to people. */
const SHOWN_ELSEWHERE = new Set([
  'mlflow.runName',
  'mlflow.user',
  'mlflow.source.name',
  'mlflow.source.type',
  'mlflow.source.git.commit',
  'mlflow.parentRunId',
  'mlflow.log-model.history',
  'dioptra.jobId',
  'assay.job',
  'assay.lockedOn',
]);

/** The column of an id such as `started` or `metrics.loss`; of addresses, so it may be nonsense. */
export function columnOf(id: string): RunColumn | undefined {
  const key = wordOf({ id }, 'id', ATTRIBUTES);
  if (key !== undefined) return { kind: 'attribute', key };
  const kind = (['metrics', 'params', 'tags'] as const).find((each) => id.startsWith(`${each}.`));
  return kind === undefined ? undefined : { kind, key: id.slice(kind.length + 1) };
}

export const idOf = ({ kind, key }: RunColumn): string =>
  kind === 'attribute' ? key : `${kind}.${key}`;

const ORDERED_BY: Readonly<Partial<Record<Attribute, string>>> = {
  name: 'attributes.run_name',
  status: 'attributes.status',
  started: 'attributes.start_time',
  ended: 'attributes.end_time',
  user: 'attributes.user_id',
  id: 'attributes.run_id',
  source: 'tags.`mlflow.source.name`',
  version: 'tags.`mlflow.source.git.commit`',
  parent: 'tags.`mlflow.parentRunId`',
};

/** What the server orders by for a column; nothing where it cannot. */
export function orderedBy({ kind, key }: RunColumn): string | undefined {
  if (kind === 'attribute') return ORDERED_BY[key];
  const quote = ['`', '"'].find((each) => !key.includes(each) && key !== '');
  return quote === undefined ? undefined : `${kind}.${quote}${key}${quote}`;
}

export interface ColumnsKnown {
  readonly attributes: readonly string[];
  readonly metrics: readonly string[];
  readonly params: readonly string[];
  readonly tags: readonly string[];
}

/** The ids of all columns that some runs have something for. */
export function columnsIn(rows: readonly RunRow[]): ColumnsKnown {
  const ids = (kind: 'metrics' | 'params' | 'tags'): readonly string[] =>
    namesIn(rows, kind).map((key) => idOf({ kind, key }));
  return {
    attributes: ATTRIBUTES,
    metrics: ids('metrics'),
    params: ids('params'),
    tags: ids('tags').filter((id) => !SHOWN_ELSEWHERE.has(id.slice('tags.'.length))),
  };
}

const FIRST_METRICS = 6;
const FIRST_PARAMS = 6;

/** What is shown while nobody chose: the first metrics and params, and parents where there are any. */
export function usualColumns(known: ColumnsKnown, rows: readonly RunRow[]): readonly string[] {
  const nested = rows.some((row) => parentOf(row) !== undefined);
  return [
    ...ATTRIBUTES.slice(0, ATTRIBUTES.indexOf('source') + 1),
    ...(nested ? ['parent'] : []),
    ...known.metrics.slice(0, FIRST_METRICS),
    ...known.params.slice(0, FIRST_PARAMS),
  ];
}

import { createHash } from 'node:crypto';
import {
  type Entry,
  entriesOf,
  historyPlace,
  MAX_RUN_TIME,
  pairs,
  paramPages,
  readHistoryPlace,
} from '#domain/tracking/index.ts';
import { invalid } from '#kernel/errors.ts';
import { key, pad, prefix } from '#kernel/keys.ts';
import { itemSize } from '#kernel/size.ts';
import { any, compare, type Item, itemMissing, type Key, put, type Write } from '#kernel/table.ts';
import type { LoggedModel, LoggedModelDetail, ModelMetric } from './schemas.ts';

/**
 * All of a model stands in the partition of its experiment, the latest model first: its row, then
 * its metrics and the params that the row has no room for. So a page of models is one query. A
 * pointer leads from its id there.
 */
const MAX_ROW_BYTES = 64 * 1024;
/** Params beyond this stand on pages of their own. */
const ROW_PARAM_BYTES = 16 * 1024;
const TAG = 't:';
/** Digits of the time, `#` and the id. */
const PLACE_LENGTH = 15 + 1 + 34;

type Placed = Pick<LoggedModel, 'experimentId' | 'createdOn' | 'id'>;

/** What leads to a model; it never changes. */
export interface Pointer extends Placed {
  readonly groupId: number;
  readonly jobId?: number;
  readonly artifactRoot?: string;
}

/** Where a model stands in its experiment: the text order is that of searches. */
export const placeOf = ({ createdOn, id }: Pick<LoggedModel, 'createdOn' | 'id'>): string =>
  `${pad(MAX_RUN_TIME - createdOn)}#${id}`;

const partition = (experimentId: number): string => `${prefix.loggedModel}#EXP#${experimentId}`;

export const modelKeys = {
  partition,
  pointer: (id: string): Key => key(`${prefix.loggedModel}#${id}`, 'MODEL'),
  row: (model: Placed): Key => key(partition(model.experimentId), placeOf(model)),
  page: (model: Placed, page: number): Key =>
    key(partition(model.experimentId), `${placeOf(model)}#P#${pad(page)}`),
  pages: (model: Placed): string => `${placeOf(model)}#P#`,
  /** All items of one model, and of all that come after another. */
  everything: (model: Placed) => ({ from: placeOf(model), to: `${placeOf(model)}~` }),
  after: (place: string | undefined) => (place === undefined ? {} : { from: `${place}~` }),
  /** The attribute of the row that holds a tag. */
  tag: (name: string): string => `${TAG}${name}`,
};

export const tagAttributes = (tags: readonly Entry[]): { readonly [name: string]: string } =>
  Object.fromEntries(tags.map(({ key: name, value }) => [modelKeys.tag(name), value]));

export function requireRoom(row: Item): void {
  if (itemSize(row) <= MAX_ROW_BYTES) return;
  throw invalid(
    'too_large',
    `The tags and params of a logged model may have ${MAX_ROW_BYTES / 1024} KiB in all: shorten them, or ` +
      'store them as an artifact.',
  );
}

/** Params for the row, and pages for the rest; `used` bytes and pages are taken already. */
export function splitParams(
  model: Placed,
  params: readonly Entry[],
  taken: { readonly bytes: number; readonly pages: number },
): { readonly inRow: readonly Entry[]; readonly pages: readonly Write[] } {
  const room = Math.max(0, ROW_PARAM_BYTES - taken.bytes);
  const [inRow = [], ...rest] = paramPages(params, room);
  const pages = rest.map((entries, at) =>
    put({ ...modelKeys.page(model, taken.pages + at), entries: pairs(entries) }, itemMissing),
  );
  return { inRow, pages };
}

/** Everything that makes a model. */
export function newModelItems(
  model: LoggedModel,
  params: readonly Entry[],
  tags: readonly Entry[],
): readonly Write[] {
  const { experimentId, createdOn, id, groupId, jobId, artifactRoot } = model;
  const { inRow, pages } = splitParams(model, params, { bytes: 0, pages: 0 });
  const row: Item = {
    ...modelKeys.row(model),
    ...(model as unknown as Item),
    version: 1,
    ...(inRow.length === 0 ? {} : { entries: pairs(inRow) }),
    ...tagAttributes(tags),
  };
  requireRoom(row);
  const pointer = { experimentId, createdOn, id, groupId, jobId, artifactRoot };
  return [
    put(row, itemMissing),
    put({ ...modelKeys.pointer(id), ...pointer } as Item, itemMissing),
    ...pages,
  ];
}

export function readPointer({ pk: _pk, sk: _sk, ...pointer }: Item): Pointer {
  return pointer as unknown as Pointer;
}

export function readModel(item: Item): LoggedModel {
  const fields = Object.entries(item).filter(([name]) => !name.startsWith(TAG));
  const {
    pk: _pk,
    sk: _sk,
    version: _version,
    entries: _entries,
    ...model
  } = Object.fromEntries(fields);
  return model as unknown as LoggedModel;
}

const tagsOf = (row: Item): readonly Entry[] =>
  Object.entries(row)
    .filter(([name]) => name.startsWith(TAG))
    .map(([name, value]) => ({ key: name.slice(TAG.length), value: value as string }))
    .sort((a, b) => (a.key < b.key ? -1 : 1));

/** Who measured what on what: each has one item, which holds the latest value. */
function metricKey(model: Placed, { key: name, runId, ...on }: ModelMetric): Key {
  const identity = JSON.stringify([name, runId, on.datasetName, on.datasetDigest]);
  const hash = createHash('sha256').update(identity).digest('hex').slice(0, 32);
  return key(partition(model.experimentId), `${placeOf(model)}#L#${hash}`);
}

/** Stores a value of a metric where it is later than the one that is there. */
export function metricWrite(model: Placed, metric: ModelMetric): Write {
  const latest = historyPlace(metric);
  const item: Item = {
    ...metricKey(model, metric),
    name: metric.key,
    run: metric.runId,
    latest,
    dataset: metric.datasetName,
    digest: metric.datasetDigest,
  };
  return put(item, any(itemMissing, compare('latest', '<', latest)));
}

const readMetric = ({ name, run, latest, dataset, digest }: Item): ModelMetric => ({
  key: name as string,
  runId: run as string,
  ...readHistoryPlace(latest as string),
  ...(dataset === undefined ? {} : { datasetName: dataset as string }),
  ...(digest === undefined ? {} : { datasetDigest: digest as string }),
});

/** Items of a partition, in their order, by the model that they belong to. */
export const placeOfItem = ({ sk }: Item): string => sk.slice(0, PLACE_LENGTH);

const below = (items: readonly Item[], part: string): readonly Item[] =>
  items.filter(({ sk }) => sk.startsWith(part, PLACE_LENGTH));

/** A model of all its items; undefined where its row is gone. */
export function readDetail(items: readonly Item[]): LoggedModelDetail | undefined {
  const row = items.find(({ sk }) => sk.length === PLACE_LENGTH);
  if (row === undefined) return undefined;
  return {
    model: readModel(row),
    params: [row, ...below(items, '#P#')].flatMap(entriesOf),
    tags: tagsOf(row),
    metrics: below(items, '#L#')
      .map(readMetric)
      .sort((a, b) => (a.key < b.key ? -1 : Number(a.key > b.key))),
  };
}

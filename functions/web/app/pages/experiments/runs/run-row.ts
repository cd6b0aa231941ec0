export type RunStatus = 'RUNNING' | 'SCHEDULED' | 'FINISHED' | 'FAILED' | 'KILLED';

/** What the table needs of a run as the API has it. */
interface Run {
  readonly info: {
    readonly run_id: string;
    readonly run_name: string;
    readonly status: RunStatus;
    readonly user_id: string;
    readonly start_time: number;
    readonly end_time?: number;
    readonly lifecycle_stage: string;
  };
  readonly data: {
    readonly metrics?: readonly Entry<number | 'NaN'>[];
    readonly params?: readonly Entry<string>[];
    readonly tags?: readonly Entry<string>[];
  };
}

interface Entry<Value> {
  readonly key: string;
  readonly value: Value;
}

/** Names in the order of their values; runs that have the same share one. */
export interface Names {
  readonly list: readonly string[];
  readonly at: ReadonlyMap<string, number>;
}

export interface Values<Value> {
  readonly names: Names;
  readonly values: readonly Value[];
}

/** A run as the table keeps it: a hundred thousand of them take some 100 MB, as they came several times that. */
export interface RunRow {
  readonly id: string;
  readonly name: string;
  readonly status: RunStatus;
  readonly user: string;
  readonly start: number;
  readonly end: number | undefined;
  readonly deleted: boolean;
  readonly metrics: Values<number>;
  readonly params: Values<string>;
  readonly tags: Values<string>;
}

/** So many ways to name values are kept; runs of one program have one. */
const MOST_KEPT = 500;
const kept = new Map<string, Names>();

function namesOf(list: readonly string[]): Names {
  const key = JSON.stringify(list);
  const known = kept.get(key);
  if (known !== undefined) return known;
  const names = { list, at: new Map(list.map((name, index) => [name, index])) };
  if (kept.size >= MOST_KEPT) kept.clear();
  kept.set(key, names);
  return names;
}

const valuesOf = <From, To>(
  entries: readonly Entry<From>[] | undefined,
  read: (value: From) => To,
): Values<To> => ({
  names: namesOf((entries ?? []).map(({ key }) => key)),
  values: (entries ?? []).map(({ value }) => read(value)),
});

const text = (value: string): string => value;

export const toRow = ({ info, data }: Run): RunRow => ({
  id: info.run_id,
  name: info.run_name,
  status: info.status,
  user: info.user_id,
  start: info.start_time,
  end: info.end_time,
  deleted: info.lifecycle_stage === 'deleted',
  metrics: valuesOf(data.metrics, Number),
  params: valuesOf(data.params, text),
  tags: valuesOf(data.tags, text),
});

export function valueIn<Value>(values: Values<Value>, name: string): Value | undefined {
  const at = values.names.at.get(name);
  return at === undefined ? undefined : values.values[at];
}

export const isUnended = ({ status }: RunRow): boolean =>
  status === 'RUNNING' || status === 'SCHEDULED';

const PARENT_TAG = 'mlflow.parentRunId';
const JOB_TAG = 'dioptra.jobId';
const LOCKED_TAG = 'assay.lockedOn';

export const parentOf = (row: RunRow): string | undefined => valueIn(row.tags, PARENT_TAG);
export const isLocked = (row: RunRow): boolean => row.tags.names.at.has(LOCKED_TAG);

/** The number of the job that the run is of. */
export function jobOf(row: RunRow): number | undefined {
  const id = Number(valueIn(row.tags, JOB_TAG));
  return Number.isSafeInteger(id) && id > 0 ? id : undefined;
}

/** Seconds from start to end; what runs has none. */
export const secondsOf = ({ start, end }: RunRow): number | undefined =>
  end === undefined || end < start ? undefined : (end - start) / 1000;

/** All names that some runs have, in alphabetical order. */
export function namesIn(
  rows: readonly RunRow[],
  kind: 'metrics' | 'params' | 'tags',
): readonly string[] {
  const seen = new Set<Names>();
  for (const row of rows) seen.add(row[kind].names);
  const all = new Set([...seen].flatMap(({ list }) => list));
  return [...all].sort((a, b) => a.localeCompare(b));
}

const sameValues = <Value>(a: Values<Value>, b: Values<Value>): boolean =>
  a.names === b.names && a.values.every((value, index) => Object.is(value, b.values[index]));

/** Whether two looks at a run saw the same. */
export const isSame = (a: RunRow, b: RunRow): boolean =>
  a.status === b.status &&
  a.end === b.end &&
  a.name === b.name &&
  a.deleted === b.deleted &&
  sameValues(a.metrics, b.metrics) &&
  sameValues(a.params, b.params) &&
  sameValues(a.tags, b.tags);

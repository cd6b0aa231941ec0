import { type AppError, invalid } from '#kernel/errors.ts';

export const RUN_STATUSES = ['RUNNING', 'SCHEDULED', 'FINISHED', 'FAILED', 'KILLED'] as const;
export type RunStatus = (typeof RUN_STATUSES)[number];

/** A name with its text: a param or a tag. */
export interface Entry {
  readonly key: string;
  readonly value: string;
}

export interface Run {
  readonly id: string;
  readonly experimentId: number;
  readonly groupId: number;
  /** The job that the run records, and which attempt of it. */
  readonly jobId?: number;
  readonly attempt?: number;
  /** Who ran it, as the client calls them. */
  readonly user: string;
  readonly name: string;
  readonly status: RunStatus;
  /** Milliseconds since the epoch, as the client says. */
  readonly startTime: number;
  readonly endTime?: number;
  /** With its experiment, too. */
  readonly deletedOn?: number;
  /** From then on nothing of it can be written. */
  readonly lockedOn?: number;
  /** It ends by itself when nobody writes it for so long. */
  readonly heartbeatSeconds?: number;
  /** Where its experiment keeps files, when that is not here. */
  readonly artifactRoot?: string;
  /** Of the shards of its experiment's index; 0 when missing. */
  readonly shard?: number;
}

/** The tag that always tells the name of its run. */
export const RUN_NAME_TAG = 'mlflow.runName';

/** The tag that tells since when a run is locked, in milliseconds. */
export const LOCKED_TAG = 'assay.lockedOn';

export const MAX_KEY = 250;
export const MAX_PARAM_VALUE = 6_000;
export const MAX_TAG_VALUE = 8_000;
export const MAX_BATCH_METRICS = 1_000;
export const MAX_BATCH_PARAMS = 100;
export const MAX_BATCH_TAGS = 100;
export const MAX_BATCH_ENTITIES = 1_000;
/** Times of runs are sorted by, as 15 digits. */
export const MAX_RUN_TIME = 999_999_999_999_999;

const NAME = /^[/\p{L}\p{N}_.\- :]+$/u;

/** `path` says where in the call the value was, e.g. `metrics[3].name`. */
export const invalidValue = (path: string, value: unknown, why: string): AppError =>
  invalid('invalid_value', why, { path, value });

/** Cuts to so many code points, as MLflow's server does with long values. */
export function cut(text: string, most: number): string {
  if (text.length <= most) return text;
  return [...text.slice(0, 2 * most)].slice(0, most).join('');
}

const isPath = (key: string): boolean =>
  !key.startsWith('..') && !key.split('/').some((part) => ['', '.', '..'].includes(part));

/** Whether a run can hold a param, a metric or a tag of this name. */
export const isKey = (key: string): boolean =>
  NAME.test(key) && isPath(key) && cut(key, MAX_KEY) === key;

/** Names may become files at clients: letters, digits and `/_.-: `, and no way up or out. */
export function requireKey(key: string, path: string, kind: string): void {
  if (isKey(key)) return;
  if (!NAME.test(key)) {
    throw invalidValue(
      path,
      key,
      'Names may only contain alphanumerics, underscores (_), dashes (-), periods (.), spaces ( ), ' +
        'colon(:) and slashes (/).',
    );
  }
  if (!isPath(key)) {
    throw invalidValue(
      path,
      key,
      'Names are paths: they must not start with "/" or "..", end with "/", or hold "//", "." or "..".',
    );
  }
  throw invalid('too_long', `'${kind}' exceeds the maximum length of ${MAX_KEY} characters`);
}

/** The value as it is stored: cut to its limit. */
export function storedValue(value: string, path: string, most: number): string {
  const kept = cut(value, most);
  if (!kept.isWellFormed()) throw invalidValue(path, 'not shown', 'It is not well-formed Unicode.');
  return kept;
}

export const checkedParam = ({ key, value }: Entry, path: string): Entry => {
  requireKey(key, `${path}key`, 'Param key');
  return { key, value: storedValue(value, `${path}value`, MAX_PARAM_VALUE) };
};

export const checkedTag = ({ key, value }: Entry, path: string): Entry => {
  requireKey(key, `${path}key`, `${path}key`);
  return { key, value: storedValue(value, `${path}value`, MAX_TAG_VALUE) };
};

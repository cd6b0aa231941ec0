import {
  cut,
  type Entry,
  invalidValue,
  MAX_RUN_KEY,
  type NamedPoint,
} from '#domain/tracking/index.ts';
import { invalid, notFound } from '#kernel/errors.ts';

/** How far a logged model is. */
export type ModelStatus = 'UNSPECIFIED' | 'PENDING' | 'READY' | 'FAILED';

/** A model that a run made: its files, params and tags, and the metrics that were measured of it. */
export interface LoggedModel {
  /** `m-` and 32 hex digits. */
  readonly id: string;
  readonly experimentId: number;
  readonly groupId: number;
  /** The job whose child made it, and which attempt of it. */
  readonly jobId?: number;
  readonly attempt?: number;
  readonly name: string;
  /** What the client calls its kind; may be empty, as the run. */
  readonly type: string;
  readonly sourceRunId: string;
  readonly status: ModelStatus;
  /** Milliseconds since the epoch. */
  readonly createdOn: number;
  readonly updatedOn: number;
  readonly deletedOn?: number;
  /** Where its experiment keeps files, when that is not here. */
  readonly artifactRoot?: string;
}

/** The latest value of a metric on a dataset, if it is of one, that a run measured. */
export interface ModelMetric extends NamedPoint {
  readonly runId: string;
  readonly datasetName?: string;
  readonly datasetDigest?: string;
}

export interface LoggedModelDetail {
  readonly model: LoggedModel;
  readonly params: readonly Entry[];
  readonly tags: readonly Entry[];
  readonly metrics: readonly ModelMetric[];
}

const MODEL_ID = /^m-[0-9a-f]{32}$/;
export const isModelId = (text: string): boolean => MODEL_ID.test(text);

export const modelMissing = (id: string) => notFound('logged_model', { model_id: id });

const MAX_NAME = 500;
const MAX_ENTRIES = 1_000;
const MAX_PARAM = 6_000;
const MAX_TAG = 20_000;
const BAD_IN_NAMES = ['/', ':', '.', '%', '"', "'"];

/** Throws `invalid` for what cannot be a part of a model's URI. */
export function requireModelName(name: string): void {
  const isBad = name === '' || BAD_IN_NAMES.some((sign) => name.includes(sign));
  if (!isBad && cut(name, MAX_NAME) === name && name.isWellFormed()) return;
  throw invalid(
    'model_name',
    `Invalid model name (${JSON.stringify(cut(name, 100).toWellFormed())}) provided. Model name must be a ` +
      `non-empty string of at most ${MAX_NAME} characters and cannot contain the following characters: ` +
      BAD_IN_NAMES.join(' '),
  );
}

/** A short text of the client's own, or nothing. */
export function requireShort(text: string, path: string): void {
  if (cut(text, MAX_NAME) === text && text.isWellFormed()) return;
  throw invalidValue(path, 'not shown', `Use at most ${MAX_NAME} characters of Unicode.`);
}

function checkedEntry({ key, value }: Entry, path: string, most: number): Entry {
  if (key === '' || cut(key, MAX_RUN_KEY) !== key || !key.isWellFormed() || key.includes('\0')) {
    throw invalidValue(
      `${path}.key`,
      'not shown',
      `Use 1 to ${MAX_RUN_KEY} characters of Unicode.`,
    );
  }
  const kept = cut(value, most);
  if (!kept.isWellFormed()) throw invalidValue(`${path}.value`, 'not shown', 'It is not Unicode.');
  return { key, value: kept };
}

function checked(what: string, entries: readonly Entry[], most: number): readonly Entry[] {
  if (entries.length > MAX_ENTRIES) {
    throw invalid('too_many', `A call can carry at most ${MAX_ENTRIES} ${what}: send several.`);
  }
  const all = entries.map((entry, at) => checkedEntry(entry, `${what}[${at}]`, most));
  return [...new Map(all.map((entry) => [entry.key, entry])).values()];
}

/** Params as they are stored: values are cut to their limit, the last of equal keys counts. */
export const checkedParams = (params: readonly Entry[]) => checked('params', params, MAX_PARAM);
export const checkedTags = (tags: readonly Entry[]) => checked('tags', tags, MAX_TAG);

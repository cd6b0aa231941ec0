import { cut, type Entry, invalidValue, requireKey } from '#domain/tracking/index.ts';
import { type AppError, invalid } from '#kernel/errors.ts';
import { line } from '#kernel/strings.ts';

export const STAGES = ['None', 'Staging', 'Production', 'Archived'] as const;
export type Stage = (typeof STAGES)[number];
/** Stages of which the versions that were there before can be archived. */
export const ACTIVE_STAGES: readonly Stage[] = ['Staging', 'Production'];

/** An alias of a model and the number of the version that it stands for. */
export interface Alias {
  readonly alias: string;
  readonly number: number;
}

export interface ModelVersion {
  /** The name of its model, as it is now. */
  readonly model: string;
  readonly groupId: number;
  readonly number: number;
  readonly createdOn: number;
  readonly updatedOn: number;
  readonly stage: Stage;
  /** Where it came from, as it was given. */
  readonly source: string;
  /** Where its files are: inert text, unless it is one of our own URIs. */
  readonly location: string;
  readonly runId?: string;
  readonly runLink?: string;
  readonly loggedModelId?: string;
  readonly description?: string;
  readonly tags: readonly Entry[];
  readonly aliases: readonly string[];
}

export interface RegisteredModel {
  readonly name: string;
  readonly groupId: number;
  readonly createdOn: number;
  readonly updatedOn: number;
  readonly description?: string;
  readonly tags: readonly Entry[];
  readonly aliases: readonly Alias[];
  /** The newest version of each stage that has any. */
  readonly latest: readonly ModelVersion[];
}

/** The tag of models and versions that are prompts. */
export const PROMPT_TAG = 'mlflow.prompt.is_prompt';

export const isPrompt = (tags: readonly Entry[]): boolean =>
  tags.findLast((tag) => tag.key === PROMPT_TAG)?.value.toLowerCase() === 'true';

const MAX_MODEL_NAME = 256;
const MAX_TAG_KEY = 250;
/** Of tags' values and descriptions, in characters. */
export const MAX_TEXT = 100_000;
const MAX_URI = 2_000;
const MAX_ALIAS = 255;

const ModelName = line({ min: 1, max: MAX_MODEL_NAME });
const Uri = line({ max: MAX_URI });

const SEE_NAME =
  'Names may be treated as files in certain cases, and must not resolve to other names';

/** Throws `invalid` for what cannot be the name of a model; `path` is the argument that held it. */
export function requireModelName(name: string, path = 'name'): void {
  if (name.trim() === '') {
    throw invalid('argument', `Missing value for required parameter '${path}'.`);
  }
  if (/[/:]/.test(name)) {
    throw invalid('model_name', `Invalid model name '${name}'. Names cannot contain '/' or ':'.`);
  }
  // Without a slash only these would lead elsewhere.
  if (name === '.' || name.startsWith('..')) throw invalidValue('name', name, SEE_NAME);
  const { error } = ModelName.safeParse(name);
  if (error !== undefined) throw invalidValue(path, name, error.issues[0]?.message ?? '');
}

/** The number of a version from its text; `0`, which no version has, for what is too large. */
export function versionNumber(text: string): number {
  if (!/^\s*[+-]?\d+\s*$/.test(text)) {
    throw invalid('version', `Parameter 'version' must be an integer, got '${text}'.`);
  }
  const number = Number(text);
  return Number.isSafeInteger(number) && number > 0 && number < 1e15 ? number : 0;
}

/** Throws `invalid` for what cannot be an alias. */
export function requireAlias(alias: string): void {
  if (alias === '') {
    throw invalid('alias', 'Registered model alias name cannot be empty.');
  }
  if (!/^[\p{L}\p{N}_-]+$/u.test(alias)) {
    const rule = 'Names may only contain alphanumerics, underscores (_), and dashes (-).';
    throw invalid('alias', `Invalid alias name: '${alias}'. ${rule}`);
  }
  if (cut(alias, MAX_ALIAS) !== alias) throw tooLong('Registered model alias name', MAX_ALIAS);
}

/** The alias that always means the newest version. */
export const isLatest = (alias: string): boolean => alias.toLowerCase() === 'latest';

/** Throws `invalid` for an alias that nobody may set. */
export function requireFreeAlias(alias: string): void {
  requireAlias(alias);
  if (isLatest(alias)) {
    throw invalid('alias', "'latest' alias name (case insensitive) is reserved.");
  }
  if (/^v\d+$/i.test(alias)) {
    throw invalid('alias', `Version alias name '${alias}' is reserved.`);
  }
}

/** The stage that a text names, in whatever case. */
export function stageOf(text: string): Stage {
  const stage = STAGES.find((each) => each.toLowerCase() === text.toLowerCase());
  if (stage !== undefined) return stage;
  throw invalid(
    'stage',
    `Invalid Model Version stage: ${text}. Value must be one of ${STAGES.join(', ')}.`,
  );
}

const tooLong = (what: string, most: number): AppError =>
  invalid('too_long', `'${what}' exceeds the maximum length of ${most} characters`);

/** A text that can be kept exactly. */
export function requireText(text: string, path: string): void {
  if (cut(text, MAX_TEXT) !== text) throw tooLong(path, MAX_TEXT);
  if (!text.isWellFormed()) throw invalidValue(path, 'not shown', 'It is not well-formed Unicode.');
}

export function requireTagKey(key: string): void {
  requireKey(key, 'key', 'key');
  if (cut(key, MAX_TAG_KEY) !== key) throw tooLong('key', MAX_TAG_KEY);
}

/** Tags by key; the last of equal keys counts. */
export function checkedTags(tags: readonly Entry[]): readonly Entry[] {
  for (const { key, value } of tags) {
    requireTagKey(key);
    requireText(value, 'value');
  }
  return [...new Map(tags.map((tag) => [tag.key, tag])).values()];
}

/** A URI or link: one line. */
export function requireUri(uri: string, path: string): void {
  const { error } = Uri.safeParse(uri);
  if (error !== undefined) throw invalidValue(path, uri, error.issues[0]?.message ?? '');
}

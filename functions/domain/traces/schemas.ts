import { artifactRootOf, cut, type Entry, MAX_RUN_TIME } from '#domain/tracking/index.ts';
import { type AppError, invalid, notFound } from '#kernel/errors.ts';

export const TRACE_STATES = ['STATE_UNSPECIFIED', 'OK', 'ERROR', 'IN_PROGRESS'] as const;
export type TraceState = (typeof TRACE_STATES)[number];

/** Who or what judged: a kind with a name. */
export interface AssessmentSource {
  readonly type: string;
  readonly id: string;
}

/** Why a judge could not judge. */
export interface AssessmentError {
  readonly code: string;
  readonly message: string;
  readonly stackTrace?: string;
}

export type AssessmentKind = 'feedback' | 'expectation' | 'issue';

/** A judgement of a trace, what was expected of it, or the issue that it shows. */
export interface Assessment {
  readonly id: string;
  readonly name: string;
  readonly kind: AssessmentKind;
  readonly source: AssessmentSource;
  /** Milliseconds since the epoch, as the client says. */
  readonly createdOn: number;
  readonly updatedOn: number;
  /** JSON. */
  readonly value: string;
  readonly error?: AssessmentError;
  readonly rationale?: string;
  readonly metadata: readonly Entry[];
  readonly spanId?: string;
  /** The assessment that this one is in the place of. */
  readonly overrides?: string;
  /** Whether none is in its place. */
  readonly valid: boolean;
}

/** What is known of a trace; its spans are a file. */
export interface Trace {
  readonly id: string;
  readonly experimentId: number;
  readonly groupId: number;
  /** The job whose child made it. */
  readonly jobId?: number;
  /** Milliseconds since the epoch, as the client says. */
  readonly time: number;
  /** Milliseconds. */
  readonly duration?: number;
  readonly state: TraceState;
  readonly clientRequestId?: string;
  /** JSON, cut. */
  readonly requestPreview?: string;
  readonly responsePreview?: string;
  readonly metadata: readonly Entry[];
  readonly tags: readonly Entry[];
  readonly assessments: readonly Assessment[];
  /** Runs that it was linked to after it was made. */
  readonly runs: readonly string[];
  /** Versions of prompts that it used, as `name/version`. */
  readonly prompts: readonly string[];
}

/** The tag that names a trace. */
export const NAME_TAG = 'mlflow.traceName';
/** The entry of the metadata that names the run in which a trace was made. */
export const RUN_METADATA = 'mlflow.sourceRun';
/** Where the files of a trace are; the server alone says so. */
export const LOCATION_TAG = 'mlflow.artifactLocation';
/** They would tell clients that spans are elsewhere than they are. */
export const SERVER_TAGS: readonly string[] = [
  'mlflow.trace.spansLocation',
  'mlflow.trace.archiveLocation',
  'mlflow.trace.archivalFailure',
];

const MAX_KEY = 250;
const MAX_VALUE = 8_000;
const MAX_PREVIEW = 1_000;
const MAX_ID = 250;

const ID = /^[A-Za-z0-9][\w-]{0,249}$/;
const WELL_FORMED = 'Use well-formed Unicode.';

export const isTraceId = (id: string): boolean => ID.test(id);
export const traceMissing = (id: string): AppError => notFound('trace', { trace_id: id });
export const assessmentMissing = (traceId: string, id: string): AppError =>
  notFound('assessment', { trace_id: traceId, assessment_id: id });

export const uri = ({ experimentId, id }: Pick<Trace, 'experimentId' | 'id'>): string =>
  `${artifactRootOf(experimentId)}/traces/${id}/artifacts`;

/** Throws `invalid` for text that no store keeps as it is. */
export function wellFormed(text: string, what: string): string {
  if (text.isWellFormed()) return text;
  throw invalid('not_unicode', `Invalid value for parameter '${what}' supplied: ${WELL_FORMED}`);
}

/** Text of at most so many characters. Throws `invalid` (`too_long`). */
export function limited(text: string, what: string, most: number = MAX_ID): string {
  if (cut(text, most) === text) return wellFormed(text, what);
  throw invalid('too_long', `'${what}' exceeds the maximum length of ${most} characters`);
}

export const preview = (text: string, what: string): string =>
  wellFormed(cut(text, MAX_PREVIEW), what);

/** Tags or metadata as they are kept, sorted; of equal keys the last counts. Long values are cut. */
export function entries(list: readonly Entry[], what: string): readonly Entry[] {
  const checked = list.map(({ key, value }) => ({
    key: limited(key, `${what}.key`, MAX_KEY),
    value: wellFormed(cut(value, MAX_VALUE), `${what}.value`),
  }));
  return [...new Map(checked.map((entry) => [entry.key, entry])).values()];
}

export function requireTime(time: number, what: string): void {
  if (Number.isSafeInteger(time) && time >= 0 && time <= MAX_RUN_TIME) return;
  throw invalid('time', `Invalid value for parameter '${what}' supplied: use a time after 1970.`);
}

/** Later entries are in the place of earlier ones of the same key. */
export const merged = (old: readonly Entry[], fresh: readonly Entry[]): readonly Entry[] => [
  ...new Map([...old, ...fresh].map((entry) => [entry.key, entry])).values(),
];

export const entryOf = (list: readonly Entry[], key: string): string | undefined =>
  list.find((entry) => entry.key === key)?.value;

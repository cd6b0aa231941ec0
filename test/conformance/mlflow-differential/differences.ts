/** Where answers differ on purpose; functions/surfaces/mlflow/README.md says the same to people. */
import { type Call, MISSING, type Outcome } from './call.ts';

interface Pair {
  readonly call: Call;
  readonly original: Outcome;
  readonly assay: Outcome;
}

export interface Allowed {
  readonly name: string;
  readonly why: string;
  holds(pair: Pair): boolean;
}

const failed = ({ status, body }: Outcome, pattern: RegExp): boolean =>
  status >= 400 && status < 500 && pattern.test(String(body?.message));

/** Whether an answer is 400 or 404, as for a mistake in an argument or a thing that is missing. */
const isRefused = ({ status, body }: Outcome): boolean =>
  ['INVALID_PARAMETER_VALUE', 'RESOURCE_DOES_NOT_EXIST'].includes(body?.error_code) && status < 500;

/** Values of `values.ts` that are of no type that a field has, as messages show them. */
const WRONG = '(true|\\[\\]|\\{\\}|1\\.5|[79]|"(x|DONE|NONE|9223372036854775808)")';

/** Name of the one that says nothing of a call with a single mistake. */
export const MISTAKEN = 'which of several mistakes is told';

export const ALLOWED: readonly Allowed[] = [
  {
    name: 'failures of the original',
    why: 'It shows the error of its database, statement included, or answers 500.',
    holds: ({ original, assay }) =>
      assay.status < 500 && (original.status === 500 || failed(original, /sqlite3\.|sqlalche/)),
  },
  {
    name: 'tags of a new run',
    why: 'The original checks (and cuts) tags that are set, but not those of a new run.',
    holds: ({ call, original, assay }) =>
      call.path.endsWith('runs/create') && original.status === 200 && failed(assay, /tags\[\d\]/),
  },
  {
    name: 'values of the wrong type',
    why: 'The original takes a message that it cannot read for an empty one, and answers 200.',
    holds: ({ original, assay }) =>
      original.status === 200 &&
      (failed(assay, /not an integer of 64 bits|valid double/) ||
        failed(assay, new RegExp(`Invalid value ${WRONG} for parameter`)) ||
        failed(assay, /Missing value for required parameter '(status|run_view_type|view_type)'/)),
  },
  {
    name: 'history of a run that is not there',
    why: 'The original shows an empty history; a wrong id should be told.',
    holds: ({ call, original, assay }) =>
      call.path.includes('metrics/get-history') && original.status === 200 && isRefused(assay),
  },
  {
    name: 'incomplete datasets',
    why: 'The original stores a dataset without the name, digest or source that it requires.',
    holds: ({ call, original, assay }) =>
      call.path.endsWith('runs/log-inputs') &&
      original.status === 200 &&
      failed(assay, /Missing value for required parameter 'datasets/),
  },
  {
    name: 'ids that cannot be',
    why: 'An id of the wrong form is an invalid argument; to the original it is one of nothing.',
    holds: ({ original, assay }) =>
      original.body?.error_code === 'RESOURCE_DOES_NOT_EXIST' &&
      failed(assay, /Invalid value "(no such run|\.\.\/x)"/),
  },
  {
    name: MISTAKEN,
    why: 'Arguments that cannot be and things that are not there: any of them may be told.',
    holds: ({ original, assay }) => isRefused(original) && isRefused(assay),
  },
  {
    name: 'OR, NOT and parentheses',
    why: 'Filters know them here.',
    holds: ({ original, assay }) => failed(original, /'?OR'?$/) && assay.status === 200,
  },
  {
    name: 'versions of a run that is named in their source alone',
    why: 'As in MLflow up to 3.12, the source is enough where the caller may read the run.',
    holds: ({ call, original, assay }) =>
      call.path.endsWith('model-versions/create') &&
      failed(original, /The run_id request parameter must identify/) &&
      assay.status === 200,
  },
  {
    name: 'versions of a run that is not there',
    why: 'The original only compares the run with the one in the source; what nobody has has no files.',
    holds: ({ call, original, assay }) =>
      call.path.endsWith('model-versions/create') &&
      original.body?.model_version?.run_id === MISSING.run &&
      failed(assay, /The run_id request parameter must identify/),
  },
  {
    name: 'sizes of pages below one',
    why: 'The original takes some, and makes a page of nothing or of everything but the last.',
    holds: ({ original, assay }) =>
      original.status === 200 &&
      failed(assay, /Invalid value "?(0|-1)"? for parameter 'max_results'/),
  },
  {
    name: 'deletion of tags whose name cannot be',
    why: 'It is told that the name cannot be; to the original there is nothing to delete.',
    holds: ({ call, original, assay }) =>
      call.path.endsWith('delete-tag') && original.status === 200 && failed(assay, /key/),
  },
];

/** The difference that the pair of answers is, if it is one of those wanted. */
export const allowedFor = (pair: Pair): Allowed | undefined =>
  ALLOWED.find(({ holds }) => holds(pair));

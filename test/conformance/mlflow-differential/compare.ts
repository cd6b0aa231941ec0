/** Answers of two servers, made comparable: ids become symbols, times their type. */
import type { Ids, Kind, Outcome } from './call.ts';
import { symbol } from './call.ts';

const TIMES = /^(creation|last_updated?|request)_(time|timestamp)(_ms)?$/;
const RANDOM_NAME = /^[a-z]+-[a-z]+-\d+$/;
/** Lists whose order means nothing. */
const UNORDERED = new Set([
  'metrics',
  'params',
  'tags',
  'aliases',
  'dataset_inputs',
  'latest_versions',
  'trace_metadata',
]);
const OF_EXPERIMENT = new Set(['experiment_id', 'artifact_location', 'artifact_uri']);

// biome-ignore lint/suspicious/noExplicitAny: answers of every shape are compared.
type Json = any;

/** A text with symbols for the ids that the server gave. */
function withSymbols(name: string, text: string, ids: Ids): string {
  let plain = text;
  for (const kind of ['run', 'logged', 'trace'] as const satisfies readonly Kind[]) {
    for (const [n, id] of ids[kind].entries()) plain = plain.replaceAll(id, symbol(kind, n));
  }
  if (!OF_EXPERIMENT.has(name)) return plain;
  const at = (id: string) => symbol('experiment', ids.experiment.indexOf(id));
  if (name === 'experiment_id') return at(plain);
  return plain.replace(/^(mlflow-artifacts:\/)(\d+)(?=\/|$)/, (_, root, id) => `${root}${at(id)}`);
}

const isEmpty = (value: Json): boolean =>
  typeof value === 'object' && value !== null && Object.keys(value).length === 0;

const rank = (value: Json): string => JSON.stringify(value);

/** The value with what may differ replaced; `name` is that of the field it stands in. */
export function normal(value: Json, ids: Ids, name = ''): Json {
  if (Array.isArray(value)) {
    const members = value.map((member) => normal(member, ids, name));
    return UNORDERED.has(name) ? members.toSorted((a, b) => (rank(a) < rank(b) ? -1 : 1)) : members;
  }
  if (typeof value === 'string') {
    return RANDOM_NAME.test(value) ? '(random name)' : withSymbols(name, value, ids);
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .flatMap(([key, member]) => {
        if (TIMES.test(key)) return [[key, typeof member]];
        // The original has one workspace for all; here they are groups, which the caller knows.
        if (key === 'workspace') return [];
        // To a client, a message without fields is the same as none.
        if (isEmpty(member)) return [];
        // A token is opaque; that there is one is not.
        if (key === 'next_page_token') return [[key, '(token)']];
        return [[key, normal(member, ids, key)]];
      }),
  );
}

/** What clients and their tests look for in messages. */
const SUBSTRINGS: readonly RegExp[] = [
  /already exists/,
  /not found/i,
  /No Experiment with id=/,
  /must be in the 'active' state/,
  /Missing value for required parameter '[\w.[\]]+'/,
  /Changing param values is not allowed/,
  /exceeds the maximum length/,
  /Duplicate parameter keys/,
  /No tag with name/,
  /Invalid page token/,
  /Invalid clause\(s\) in filter string/,
  /Invalid Model Version stage/,
  /Both 'run_name' argument and 'mlflow.runName' tag/,
];

/** The words of the message that clients know. */
export const wordsOf = (message: unknown): readonly string[] =>
  SUBSTRINGS.flatMap((pattern) => pattern.exec(String(message))?.[0] ?? []);

/** An answer as it is compared. */
export function comparable({ status, body }: Outcome, ids: Ids): Json {
  if (status === 200) return { status, body: normal(body, ids) };
  return { status, code: body?.error_code ?? null, words: wordsOf(body?.message) };
}

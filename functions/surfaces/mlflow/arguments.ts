import type * as z from 'zod';
import { readText } from '#http/body.ts';
import { type AppError, AppError as Failure, invalid } from '#kernel/errors.ts';
import { parseJson, toJson } from './json.ts';

/** The arguments of a call: its query string or its JSON body, checked against a schema. */
const SEE_DOCS = ' See the API docs for more information about request parameters.';
const MAX_BODY_BYTES = 6 * 1024 * 1024;
const MAX_SHOWN = 500;
/** What the kernel's texts say of one that is too long. */
const LONGER = /^Longer than maximum length (\d+)\.$/;

const refused = (message: string): AppError => invalid('argument', message);

function textOf(value: unknown): string {
  try {
    return toJson(value) ?? 'null';
  } catch {
    // Nested deeper than the engine can write.
    return '…';
  }
}

/** A value as the text of an error shows it. */
export function shown(value: unknown): string {
  const text = textOf(value);
  return text.length <= MAX_SHOWN ? text : `${text.slice(0, MAX_SHOWN)}…`;
}

const isRecord = (value: unknown): value is { readonly [name: string]: unknown } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Protobuf's JSON means by `null` that a field is not set. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => member !== null)
      .map(([name, member]) => [name, withoutNulls(member)]),
  );
}

function pathText(path: readonly PropertyKey[]): string {
  return path.reduce<string>(
    (text, part) =>
      typeof part === 'number'
        ? `${text}[${part}]`
        : `${text}${text === '' ? '' : '.'}${String(part)}`,
    '',
  );
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((inner, part) => {
    if (typeof inner !== 'object' || inner === null || !Object.hasOwn(inner, part))
      return undefined;
    return (inner as { readonly [name: PropertyKey]: unknown })[part];
  }, value);
}

/** The problem in the words that MLflow's clients and tests know. */
function issueError(raw: unknown, issue: z.core.$ZodIssue): AppError {
  const value = valueAt(raw, issue.path);
  const name = pathText(issue.path);
  if (value === undefined || value === '') {
    return refused(`Missing value for required parameter '${name}'.${SEE_DOCS}`);
  }
  const [, longest] = LONGER.exec(issue.message) ?? [];
  if (longest !== undefined) {
    return refused(`'${name}' exceeds the maximum length of ${longest} characters`);
  }
  const why = issue.code === 'custom' ? `: ${issue.message}.` : '.';
  return refused(`Invalid value ${shown(value)} for parameter '${name}' supplied${why}${SEE_DOCS}`);
}

/** Where MLflow itself bounds a call it answers as to any bad argument; our own bound is another matter. */
const tooLarge = (limit: number) => (size: number) => {
  const message = `API requests must be at most ${limit} bytes, got a request of size ${size}.`;
  return limit === MAX_BODY_BYTES ? new Failure('too_large', message) : refused(message);
};

/** Looking for a null in the text takes far less than walking a batch of a thousand points. */
function parseMessage(text: string): unknown {
  const message = parseJson(text);
  try {
    return text.includes('null') ? withoutNulls(message) : message;
  } catch {
    throw refused('The request is nested too deep.');
  }
}

async function readBody(request: Request, limit: number): Promise<unknown> {
  const type = request.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase();
  if (type !== 'application/json') {
    throw refused("Bad Request. Content-Type must be one of ['application/json'].");
  }
  try {
    const text = await readText(request, limit, tooLarge(limit));
    const message = text.trim() === '' ? {} : parseMessage(text);
    // Old clients send the text of the message as a JSON string.
    return typeof message === 'string' ? parseMessage(message) : message;
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw refused('Bad Request. The body is not valid JSON (NaN and Infinity must be strings).');
  }
}

function readQuery(request: Request): unknown {
  const query = new URL(request.url).searchParams;
  return Object.fromEntries(
    [...new Set(query.keys())].map((name) => {
      const values = query.getAll(name);
      return [name, values.length === 1 ? values[0] : values];
    }),
  );
}

/** Fields under the names that older clients gave them. */
const withAliases = (raw: { readonly [name: string]: unknown }) =>
  raw.run_id === undefined && raw.run_uuid !== undefined ? { ...raw, run_id: raw.run_uuid } : raw;

/**
 * Reads and checks the arguments of a call. It reads the body itself, since the integers of
 * MLflow have 64 bits. Throws `invalid`.
 */
export async function readArguments<S extends z.ZodType>(
  request: Request,
  schema: S,
  limit: number = MAX_BODY_BYTES,
): Promise<z.output<S>> {
  const raw = request.method === 'GET' ? readQuery(request) : await readBody(request, limit);
  if (!isRecord(raw)) throw refused('Bad Request. The body must be a JSON object.');
  return checkArguments(withAliases(raw), schema);
}

/** Checks arguments that were read before. Throws `invalid`. */
export function checkArguments<S extends z.ZodType>(message: unknown, schema: S): z.output<S> {
  const parsed = schema.safeParse(message);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw issue === undefined ? refused('Bad Request.') : issueError(message, issue);
}

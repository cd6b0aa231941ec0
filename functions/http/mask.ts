import { type AppError, invalid } from '#kernel/errors.ts';

/** The fields to show, in order; `true` is the whole field, `*` all that is not named. */
export type Mask = ReadonlyMap<string, Mask | true>;

type OpenMask = Map<string, Mask | true>;

const MAX_LENGTH = 4096;
const MAX_DEPTH = 32;
// Each named field that a row lacks adds a null to every row of the answer.
const MAX_FIELDS = 256;
const MAX_LIST_DEPTH = 256;
const TOKENS = /[{},]|[\p{L}\p{M}\p{N}_:*-]+/gu;

const refused = (what: string): AppError => invalid('mask_parse', `Mask parse error: ${what}`);

/** Drops the optional outer brackets. */
function withoutBrackets(text: string): string {
  if (!text.startsWith('{')) return text;
  if (text.length < 2 || !text.endsWith('}')) throw refused('Missing closing bracket');
  return text.slice(1, -1);
}

function readTokens(text: string): Mask {
  const root: OpenMask = new Map();
  const parents: OpenMask[] = [];
  let fields = root;
  let previous: string | undefined;
  let count = 0;
  for (const [token] of text.matchAll(TOKENS)) {
    if (token === '{') {
      if (previous === undefined || !fields.has(previous))
        throw refused('Unexpected opening bracket');
      if (parents.length === MAX_DEPTH) throw refused(`More than ${MAX_DEPTH} levels`);
      const inner: OpenMask = new Map();
      fields.set(previous, inner);
      parents.push(fields);
      fields = inner;
    } else if (token === '}') {
      const parent = parents.pop();
      if (parent === undefined) throw refused('Unexpected closing bracket');
      fields = parent;
    } else if (token === ',') {
      if (previous === undefined || previous === ',' || previous === '{') {
        throw refused('Unexpected comma');
      }
    } else {
      count += 1;
      if (count > MAX_FIELDS) throw refused(`More than ${MAX_FIELDS} fields`);
      fields.set(token, true);
    }
    previous = token;
  }
  if (parents.length > 0) throw refused('Missing closing bracket');
  return root;
}

/**
 * Parses the value of an `X-Fields` header, e.g. `{id,user{username},*}`; undefined when it is
 * blank, which masks nothing. Characters outside the language are ignored.
 */
export function parseMask(text: string): Mask | undefined {
  if (text.length > MAX_LENGTH) throw refused(`More than ${MAX_LENGTH} characters`);
  const trimmed = text.replaceAll('\n', '').trim();
  return trimmed === '' ? undefined : readTokens(withoutBrackets(trimmed));
}

const isRecord = (value: unknown): value is { readonly [name: string]: unknown } =>
  typeof value === 'object' && value !== null;

function maskRecord(mask: Mask, value: { readonly [name: string]: unknown }, depth: number) {
  const entries: [string, unknown][] = [];
  for (const [name, inner] of mask) {
    if (name === '*') continue;
    const field = Object.hasOwn(value, name) ? (value[name] ?? null) : null;
    entries.push([name, inner === true ? field : maskValue(inner, field, depth)]);
  }
  if (mask.has('*')) {
    // A field may be called so, too.
    const isRest = (name: string): boolean => name === '*' || !mask.has(name);
    entries.push(...Object.entries(value).filter(([name]) => isRest(name)));
  }
  // fromEntries makes `__proto__` a plain field.
  return Object.fromEntries(entries);
}

function maskValue(mask: Mask, value: unknown, depth: number): unknown {
  if (Array.isArray(value)) {
    // Lists in lists use up no level of the mask, so only this bounds the recursion.
    if (depth === MAX_LIST_DEPTH) return value;
    return value.map((item) => maskValue(mask, item, depth + 1));
  }
  return isRecord(value) ? maskRecord(mask, value, depth) : value;
}

/**
 * The part of a JSON value that `mask` names, in the mask's order: element-wise in lists, null
 * for a named field that is missing. What is neither list nor object stays as it is.
 */
export const applyMask = (mask: Mask, value: unknown): unknown => maskValue(mask, value, 0);

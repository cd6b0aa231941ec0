import * as z from 'zod';

/** How long a string may be, in code points; `min` is 0 unless given. */
export type Length = { readonly min?: number; readonly max: number };

/** The longest name, in characters: MLflow's limit of experiment names, for all names alike. */
export const MAX_NAME = 500;

type Shape = { readonly pattern: RegExp; readonly fix: string };

/** Characters that a text must not hold. */
type Refused = { readonly one: RegExp; readonly none: string };

/** They are named in the notation that all regular expressions share, since documents show them. */
const refusing = (characters: string): Refused => ({
  one: new RegExp(`[${characters}]`),
  none: `^[^${characters}]*$`,
});

// A NUL ends strings in C code and in some stores.
const ONLY_NUL = refusing('\\u0000');
/** All of Cc but tab, line feed and carriage return, as a class of a regular expression. */
export const CONTROL_CHARACTERS = '\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\u007f-\\u009f';
const CONTROLS = refusing(CONTROL_CHARACTERS);
/** The same of what ends a line, turns the reading direction or is not seen: it can disguise a name. */
export const INVISIBLE_CHARACTERS =
  '\\u0000-\\u001f\\u007f-\\u009f\\u200b-\\u200f\\u2028-\\u202e\\u2066-\\u2069\\ufeff';
const INVISIBLE = refusing(INVISIBLE_CHARACTERS);

/** Counts code points up to `limit + 1`, so that a huge string costs no more than its limit. */
function countUpTo(value: string, limit: number): number {
  let count = 0;
  for (let at = 0; at < value.length && count <= limit; count += 1) {
    at += (value.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
  }
  return count;
}

const named = (char: string): string =>
  `U+${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;

function lengthProblem(value: string, { min = 0, max }: Length): string | undefined {
  const length = countUpTo(value, max);
  if (length > max) return `Longer than maximum length ${max}.`;
  if (length >= min) return undefined;
  return min === 1 ? 'Must not be empty.' : `Shorter than minimum length ${min}.`;
}

function problemOf(
  value: string,
  length: Length,
  refused: Refused,
  shape?: Shape,
): string | undefined {
  const wrongLength = lengthProblem(value, length);
  if (wrongLength !== undefined) return wrongLength;
  if (!value.isWellFormed()) return 'Must be well-formed Unicode: remove the unpaired surrogates.';
  const [char] = refused.one.exec(value) ?? [];
  if (char !== undefined) return `Must not hold the character ${named(char)}: remove it.`;
  return shape === undefined || shape.pattern.test(value) ? undefined : shape.fix;
}

/** The lengths and a pattern go into the OpenAPI documents, too. */
function checked(length: Length, refused: Refused, shape?: Shape) {
  const meta = {
    ...(length.min === undefined ? {} : { minLength: length.min }),
    maxLength: length.max,
    pattern: shape === undefined ? refused.none : shape.pattern.source,
  };
  return z
    .string('Must be a string.')
    .superRefine((value, ctx) => {
      const message = problemOf(value, length, refused, shape);
      if (message !== undefined) ctx.addIssue({ code: 'custom', message });
    })
    .meta(meta);
}

/** Any text that can be stored exactly: only NUL and unpaired surrogates are refused. */
export const verbatim = (length: Length) => checked(length, ONLY_NUL);

/** Text of many lines: no control characters but tab, line feed and carriage return. */
export const text = (length: Length) => checked(length, CONTROLS);

/** One visible line: no controls, line ends, zero-width characters or direction overrides. */
export const line = (length: Length) => checked(length, INVISIBLE);

const name = (shape: Shape) => checked({ min: 1, max: MAX_NAME }, INVISIBLE, shape);

// In each pattern at most one way leads over a character, so matching is linear.
const RESOURCE: Shape = {
  pattern: /^(?! +$)[A-Za-z0-9_. -]+$/,
  fix: 'Use only letters A-Z, digits, spaces, "_", "." and "-", and not spaces alone.',
};
const IDENTIFIER: Shape = {
  pattern: /^(?:[A-Za-z]|[A-Za-z_][A-Za-z0-9_]+)$/,
  fix: 'Use a name of letters A-Z, digits and "_" that starts with no digit and is not "_" alone.',
};
const PLUGIN_FILE: Shape = {
  pattern: /^(?:[A-Za-z_][A-Za-z0-9_]*|(?:[A-Za-z][A-Za-z0-9_]*\/)+[A-Za-z][A-Za-z0-9_]*)\.py$/,
  fix:
    'Use a relative path such as "folder/file.py": names of letters A-Z, digits and "_" that ' +
    'start with a letter; a file outside of folders may start with "_".',
};

/** The name of a queue, experiment, entrypoint, parameter type, tag or group of the v1 API. */
export const resourceName = () => name(RESOURCE);

/** The name of a plugin: a Python identifier. */
export const pluginName = () => name(IDENTIFIER);

/** The path of a Python file in a plugin. */
export const pluginFileName = () => name(PLUGIN_FILE);

/** The name of a plugin task, a parameter, a metric or an artifact parameter of the v1 API. */
export const parameterName = () => name(IDENTIFIER);

/** The name of a model of the v1 API: Dioptra has no rule for it, so any text that can be stored. */
export const modelName = () => text({ min: 1, max: MAX_NAME });

/** The name of an experiment as MLflow's clients may choose it. */
export const experimentName = () => line({ min: 1, max: MAX_NAME });

/** An id from a path; undefined for what cannot be one, which is then an unknown address. */
export function idParam(segment: string): number | undefined {
  const id = /^\d{1,16}$/.test(segment) ? Number(segment) : 0;
  return id > 0 && Number.isSafeInteger(id) ? id : undefined;
}

/** A boolean of a query, in any case: Python's clients print `True` and `False`. */
export const pythonBoolean = () =>
  z.stringbool({
    truthy: ['true', '1', 'on'],
    falsy: ['false', '0'],
    case: 'insensitive',
    error: 'Not a valid boolean: use true or false.',
  });

/** An integer of a query within bounds, both included. */
export const queryInteger = (bounds: { readonly min: number; readonly max: number }) =>
  z.codec(
    z.string().regex(/^[+-]?\d{1,16}$/, 'Not a valid integer: use digits only.'),
    z
      .int('Not a valid integer: it is too large.')
      .gte(bounds.min, `Must be >= ${bounds.min}`)
      .lte(bounds.max, `Must be <= ${bounds.max}`),
    // The sum turns -0 into 0.
    { decode: (digits) => Number(digits) + 0, encode: String },
  );

/** A text without the slashes at its end; in one pass, unlike a pattern, which begins anew at each slash. */
export function withoutEndSlashes(text: string): string {
  let end = text.length;
  while (text[end - 1] === '/') end -= 1;
  return text.slice(0, end);
}

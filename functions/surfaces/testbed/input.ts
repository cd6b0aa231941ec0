import { parseJson, readText } from '#http/body.ts';
import type { Dialect, Input } from '#http/dialect.ts';
import { type FormLimits, isUploadedFile } from '#http/form.ts';
import { readFields } from '#http/multipart.ts';
import type { Route } from '#http/route.ts';
import { AppError, tooManyBytes } from '#kernel/errors.ts';

/** A form without files. */
const MAX_BYTES = 256 * 1024;
const TEXTS: FormLimits = {
  files: {},
  maxBytes: MAX_BYTES,
  maxFileBytes: MAX_BYTES,
  maxParts: 100,
};

const tooLarge = () =>
  tooManyBytes(`The body is larger than ${MAX_BYTES} bytes, which is enough for all but files.`);

/** Later versions of the original name fields in camel case. */
const snakeCase = (name: string): string =>
  name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

const camelCase = (name: string): string =>
  name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());

/** The same of a form, with its files under either name. */
const inBothCases = (limits: FormLimits): FormLimits => ({
  ...limits,
  files: Object.fromEntries(
    Object.entries(limits.files).flatMap(([name, count]) => [
      [name, count],
      [camelCase(name), count],
    ]),
  ),
});

/** Forms of the original take an empty field, or a file without a name, for one that is missing. */
const isGiven = (value: unknown): boolean =>
  value !== '' && value !== null && !(isUploadedFile(value) && value.filename === '');

function named(raw: unknown): unknown {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) return raw;
  const given = Object.entries(raw).filter(([, value]) => isGiven(value));
  // What has its own name wins over its other one.
  const own = given.toSorted(([a], [b]) => Number(a === snakeCase(a)) - Number(b === snakeCase(b)));
  return Object.fromEntries(own.map(([name, value]) => [snakeCase(name), value]));
}

/** Goes over them once: a form may hold many thousands, and asking for each by its name looks through all. */
function fieldsOf(query: URLSearchParams): unknown {
  const fields = new Map<string, string[]>();
  for (const [name, value] of query) {
    const values = fields.get(name);
    if (values === undefined) fields.set(name, [value]);
    else values.push(value);
  }
  return Object.fromEntries(
    [...fields].map(([name, values]) => [name, values.length === 1 ? values[0] : values]),
  );
}

type Refusals = Pick<Dialect, 'invalidInput' | 'invalidJson'>;

async function readBody(route: Route, request: Request, refusals: Refusals): Promise<unknown> {
  const type = (request.headers.get('content-type') ?? '').split(';')[0]?.trim().toLowerCase();
  if (type === 'multipart/form-data') {
    return readFields(inBothCases(route.form ?? TEXTS), request, refusals);
  }
  const text = await readText(request, MAX_BYTES, tooLarge).catch((error: unknown) => {
    if (error instanceof AppError) throw error;
    throw refusals.invalidJson('The body is no text in UTF-8.');
  });
  if (type === 'application/x-www-form-urlencoded') return fieldsOf(new URLSearchParams(text));
  if (text.trim() === '') return {};
  try {
    return parseJson(text);
  } catch {
    throw refusals.invalidJson(
      'The body is no form and no JSON: send multipart/form-data, application/x-www-form-urlencoded or application/json.',
    );
  }
}

/** What a request brings: a form of either kind or JSON, whatever the route, with each field by any of its names. */
export const inputReader =
  (refusals: Refusals) =>
  async (route: Route, request: Request): Promise<Input> => {
    const check = (place: 'query' | 'body', raw: unknown) => {
      const parsed = route[place]?.safeParse(raw, { reportInput: true });
      if (parsed?.success === false) throw refusals.invalidInput(place, parsed.error.issues);
      return parsed?.data;
    };
    const query = check('query', named(fieldsOf(new URL(request.url).searchParams)));
    if (route.body === undefined) return { query, body: undefined };
    return { query, body: check('body', named(await readBody(route, request, refusals))) };
  };

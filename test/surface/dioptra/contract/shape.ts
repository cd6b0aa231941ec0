import type { Json } from '../../../support/app.ts';

/** A type's name, `$` and the name of a shape, one element of a list, or fields by name. */
export type Shape = string | readonly Shape[] | { readonly [field: string]: Shape };
export type Shapes = { readonly [name: string]: Shape };

/** Fields that are there only where they apply. */
const OPTIONAL = new Set(['next', 'prev', 'hasDraft', 'metadata', 'num_other_drafts', 'required']);
/** Ours, beyond what the original answers; its clients ignore them. */
const OURS = new Set([
  ...['reason', 'attempt', 'message', 'progress', 'resources'],
  ...['queueTimeout', 'retry', 'dependsOn', 'priority'],
]);
/** Fields that may have no value. */
const NULLABLE = new Set([
  ...['fileSize', 'resource', 'resourceSnapshot', 'latestVersion'],
  ...['lastLoginOn', 'mlflowRunId', 'defaultValue', 'entrypointSnapshot'],
]);
/** The task of an artifact without one. */
const MAY_BE_EMPTY = new Set(['task']);

const page = (row: Shape): Shape => ({
  index: 'integer',
  isComplete: 'boolean',
  totalNumResults: 'integer',
  first: 'string',
  next: 'string',
  prev: 'string',
  data: [row],
});

const leaves: { readonly [type: string]: (value: Json) => boolean } = {
  integer: (value) => Number.isSafeInteger(value),
  number: (value) => typeof value === 'number' || typeof value === 'string',
  string: (value) => typeof value === 'string',
  boolean: (value) => typeof value === 'boolean',
  any: () => true,
};

function fieldProblems(
  fields: { readonly [field: string]: Shape },
  value: Json,
  shapes: Shapes,
  at: string,
): string[] {
  const names = Object.keys(fields);
  const [first = ''] = names;
  if (first.startsWith('{')) return [];
  const missing = names.filter((name) => !Object.hasOwn(value, name) && !OPTIONAL.has(name));
  const unknown = Object.keys(value).filter((name) => !names.includes(name) && !OURS.has(name));
  return [
    ...missing.map((name) => `${at}.${name} is missing`),
    ...unknown.map((name) => `${at}.${name} is unknown`),
    ...names
      .filter((name) => Object.hasOwn(value, name))
      .flatMap((name) =>
        shapeProblems(fields[name] ?? 'any', value[name], shapes, `${at}.${name}`),
      ),
  ];
}

/** Where a value has not the shape, field by field. */
export function shapeProblems(shape: Shape, value: Json, shapes: Shapes, at = ''): string[] {
  const field = at.slice(at.lastIndexOf('.') + 1);
  if (value === null && (NULLABLE.has(field) || shape === 'any')) return [];
  if (typeof shape === 'string') {
    if (shape.startsWith('$'))
      return shapeProblems(shapes[shape.slice(1)] ?? '', value, shapes, at);
    return leaves[shape]?.(value) === true ? [] : [`${at} is no ${shape}`];
  }
  if (Array.isArray(shape)) {
    if (!Array.isArray(value)) return [`${at} is no list`];
    return value.flatMap((item, index) =>
      shapeProblems(shape[0] ?? 'any', item, shapes, `${at}[${index}]`),
    );
  }
  const fields = shape as { readonly [field: string]: Shape };
  const row = fields.page;
  if (row !== undefined) return shapeProblems(page(row), value, shapes, at);
  if (MAY_BE_EMPTY.has(field) && Object.keys(value ?? {}).length === 0) return [];
  return typeof value === 'object' && value !== null
    ? fieldProblems(fields, value, shapes, at)
    : [`${at} is no object`];
}

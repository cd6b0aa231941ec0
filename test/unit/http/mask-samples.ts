/** Masks and values that meet, for property tests, and what ours shows of them. */
import fc from 'fast-check';
import { applyMask, parseMask } from '#http/mask.ts';
import { AppError } from '#kernel/errors.ts';

export type Outcome = { readonly json: string } | { readonly refused: string };

/** As JSON text, since the order of the keys counts. */
export function ours(text: string, value: unknown): Outcome {
  try {
    const mask = parseMask(text);
    return { json: JSON.stringify(mask === undefined ? value : applyMask(mask, value)) };
  } catch (error) {
    if (!(error instanceof AppError) || error.reason !== 'mask_parse') throw error;
    return { refused: error.message };
  }
}

// Few names, so that masks and values meet; some that objects have from the start, some odd ones.
export const fieldName = fc.constantFrom(
  'a',
  'b',
  'c',
  'name',
  'job_id',
  'x:y',
  'a-b',
  '__proto__',
  'toString',
);
export const plainValue = fc.constantFrom(null, true, 0, 1.5, '', 'text');
export const { value: sampleValue } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    plainValue,
    fc.array(tie('value'), { maxLength: 3 }),
    // Of the same prototype as JSON's, where __proto__ is a key like others.
    fc
      .array(fc.tuple(fc.oneof(fieldName, fc.constant('*')), tie('value')), { maxLength: 5 })
      .map((entries) => Object.fromEntries(entries) as unknown),
  ),
}));

/** A mask as the grammar has it: names that differ, each whole or with a mask of its own, a star or none. */
type Tree = readonly (readonly [name: string, inner: Tree | undefined])[];
export const { tree: sampleTree } = fc.letrec<{ tree: Tree; inner: Tree | undefined }>((tie) => ({
  inner: fc.oneof({ maxDepth: 3 }, fc.constant(undefined), tie('tree')),
  tree: fc.uniqueArray(
    fc.oneof(
      { weight: 5, arbitrary: fc.tuple(fieldName, tie('inner')) },
      { weight: 1, arbitrary: fc.constant(['*', undefined] as const) },
    ),
    { minLength: 1, maxLength: 5, selector: ([each]) => each },
  ) as fc.Arbitrary<Tree>,
}));
export const written = (fields: Tree): string =>
  fields.map(([field, inner]) => field + (inner === undefined ? '' : `{${written(inner)}}`)).join();
export const sampleMask = sampleTree.map(written);

const token = fc.constantFrom(
  'a',
  'b',
  'name',
  'x:y',
  '*',
  '{',
  '}',
  '{',
  '}',
  ',',
  ',',
  ' ',
  '\t',
  ';',
);
/** What is made of the words and signs of masks, and mostly none. */
export const scrap = fc.array(token, { maxLength: 14 }).map((tokens) => tokens.join(''));

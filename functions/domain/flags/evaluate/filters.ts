import * as z from 'zod';

/** Most conditions of one flag. */
const MAX_GROUPS = 100;
/** Most property filters of one condition. */
const MAX_PROPERTIES = 50;
const MAX_VARIANTS = 100;
const MAX_PAYLOADS = MAX_VARIANTS;
/** The longest name of a property, variant or operator, in UTF-16 units. */
const MAX_KEY = 400;
/** Most candidates that one property filter may list. */
const MAX_VALUES = 5_000;
/** Most patterns of one flag: each may take some 100 KB once it is compiled. */
const MAX_PATTERNS = 50;

const key = z
  .string('Must be a string.')
  .min(1, 'Must not be empty.')
  .max(MAX_KEY, `Must be at most ${MAX_KEY} characters long.`);

const percentage = z
  .number('Must be a number.')
  .gte(0, 'Must be between 0 and 100.')
  .lte(100, 'Must be between 0 and 100.');

const index = z
  .int('Must be an integer.')
  .gte(0, 'Must not be negative.')
  .lte(1_000, 'Must be at most 1000.');

const list = <T extends z.ZodType>(of: T, max: number) =>
  z.array(of, 'Must be a list.').max(max, `Must have at most ${max} entries.`);

const isShort = (value: unknown) => !Array.isArray(value) || value.length <= MAX_VALUES;

const Property = z.looseObject({
  key,
  value: z.unknown().refine(isShort, `Must have at most ${MAX_VALUES} entries.`).optional(),
  operator: key.nullish(),
  type: key.nullish(),
  group_type_index: index.nullish(),
});
export type Property = z.infer<typeof Property>;

const Group = z.looseObject({
  properties: list(Property, MAX_PROPERTIES).nullish(),
  rollout_percentage: percentage.nullish(),
  variant: z.string('Must be a string.').max(MAX_KEY).nullish(),
  // Where it is there, even as null, it stands in for that of the flag.
  aggregation_group_type_index: index.nullish(),
});
export type Group = z.infer<typeof Group>;

const Variant = z.looseObject({
  key,
  name: z.string('Must be a string.').nullish(),
  rollout_percentage: percentage,
});

const Holdout = z.looseObject({
  id: z.union([z.int(), key], 'Must be an id.'),
  exclusion_percentage: z.number('Must be a number.'),
});

const patternsOf = (groups: readonly Group[] | null | undefined): number =>
  (groups ?? [])
    .flatMap(({ properties }) => properties ?? [])
    .filter(({ operator }) => operator === 'regex' || operator === 'not_regex').length;

/**
 * Whom a feature flag is for, as people store it: the names of its fields are theirs, and fields
 * that are not known here are kept.
 */
export const Filters = z
  .looseObject(
    {
      groups: list(Group, MAX_GROUPS).nullish(),
      multivariate: z.looseObject({ variants: list(Variant, MAX_VARIANTS).nullish() }).nullish(),
      payloads: z
        .record(z.string(), z.unknown(), 'Must be an object.')
        .refine(
          (payloads) => Object.keys(payloads).length <= MAX_PAYLOADS,
          `Must have at most ${MAX_PAYLOADS} entries.`,
        )
        .nullish(),
      aggregation_group_type_index: index.nullish(),
      super_groups: list(Group, MAX_GROUPS).nullish(),
      feature_enrollment: z.boolean('Must be true or false.').nullish(),
      early_exit: z.boolean('Must be true or false.').nullish(),
      holdout: Holdout.nullish(),
      /** What older documents have in the place of `holdout`. */
      holdout_groups: list(Group, MAX_GROUPS).nullish(),
    },
    'Must be an object.',
  )
  .refine(
    ({ groups, super_groups }) => patternsOf(groups) + patternsOf(super_groups) <= MAX_PATTERNS,
    `Must have at most ${MAX_PATTERNS} regular expressions.`,
  );
export type Filters = z.infer<typeof Filters>;

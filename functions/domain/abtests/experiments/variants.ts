import { isDoc, shown, wrong } from '../refuse.ts';
import type { Doc } from './experiment.items.ts';

/** One of what an experiment compares, as its flag has it. */
export interface Variant {
  readonly key: string;
  readonly name?: string;
  /** Percent of those who take part. */
  readonly rollout_percentage: number;
}

export const CONTROL = 'control';
const MOST_VARIANTS = 20;
const ATTR = 'parameters';

export const DEFAULT_VARIANTS: readonly Variant[] = [
  { key: CONTROL, name: 'Control Group', rollout_percentage: 50 },
  { key: 'test', name: 'Test Variant', rollout_percentage: 50 },
];

const TOO_FEW =
  'Feature flag must have at least 2 variants (control and at least one test variant)';

/** `split_percent` is the newer name; the older one is what is kept. */
function percentOf(variant: Doc): number {
  const percent = 'split_percent' in variant ? variant.split_percent : variant.rollout_percentage;
  if (percent === undefined) {
    throw wrong(
      ATTR,
      'Each variant must include split_percent (recommended) or rollout_percentage (deprecated).',
    );
  }
  if (typeof percent !== 'number' || percent < 0 || percent > 100) {
    throw wrong(ATTR, 'The percentage of a variant must be a number between 0 and 100.');
  }
  return percent;
}

const KEY = /^[a-zA-Z0-9_-]{1,400}$/;

function keyOf(key: unknown): string {
  if (typeof key === 'string' && KEY.test(key)) return key;
  throw wrong(ATTR, 'The key of a variant must be letters, digits, hyphens and underscores.');
}

function requireObjects(variants: readonly unknown[]): readonly Doc[] {
  return variants.map((variant, index) => {
    if (!isDoc(variant)) {
      throw wrong(ATTR, `Feature flag variant at index ${index} must be an object`);
    }
    if (!('key' in variant)) {
      throw wrong(ATTR, `Feature flag variant at index ${index} must have a 'key' field`);
    }
    return variant;
  });
}

/** Whoever writes `Control` means `control`, as long as nobody else is called so. */
function withControl(variants: readonly Variant[]): readonly Variant[] {
  const alike = variants.filter(({ key }) => key.toLowerCase() === CONTROL);
  return alike.length === 1
    ? variants.map((each) => (alike.includes(each) ? { ...each, key: CONTROL } : each))
    : variants;
}

function requireComparable(variants: readonly Variant[]): void {
  if (variants.length > MOST_VARIANTS) {
    throw wrong(ATTR, `Feature flag variants must be less than ${MOST_VARIANTS + 1}`);
  }
  if (variants.length < 2) throw wrong(ATTR, TOO_FEW);
  const keys = variants.map(({ key }) => key);
  if (!keys.includes(CONTROL)) {
    throw wrong(
      ATTR,
      `Feature flag variants must contain a variant with key '${CONTROL}', in lower case. Got keys: ${shown(keys)}.`,
    );
  }
  if (new Set(keys).size < keys.length) throw wrong(ATTR, 'Variant keys must be unique.');
}

const toVariant = ({ split_percent: _, ...variant }: Doc): Variant => ({
  ...(variant as Partial<Variant>),
  key: keyOf(variant.key),
  rollout_percentage: percentOf({ ...variant, ...(_ === undefined ? {} : { split_percent: _ }) }),
});

/** The variants that parameters name, as they are stored; none where they name none. */
export function parseVariants(parameters: Doc): readonly Variant[] | undefined {
  const sent = parameters.feature_flag_variants;
  if (sent === undefined || sent === null) return undefined;
  if (!Array.isArray(sent)) throw wrong(ATTR, 'Feature flag variants must be a list');
  if (sent.length === 0) return undefined;
  const docs = requireObjects(sent);
  if (docs.length > MOST_VARIANTS) {
    throw wrong(ATTR, `Feature flag variants must be less than ${MOST_VARIANTS + 1}`);
  }
  const variants = withControl(docs.map(toVariant));
  requireComparable(variants);
  return variants;
}

/** The variants of a flag, in its order. */
export function variantsOf({ filters }: { readonly filters: Doc }): readonly Variant[] {
  const { multivariate } = filters;
  const variants = isDoc(multivariate) ? multivariate.variants : undefined;
  return Array.isArray(variants) ? variants : [];
}

/** Throws where a flag is nothing that an experiment can compare. */
export function requireExperimentFlag(flag: { readonly filters: Doc }, attr: string | null): void {
  const keys = variantsOf(flag).map(({ key }) => key);
  if (keys.length < 2) {
    throw wrong(
      attr,
      'Feature flag must have at least 2 variants (control and at least one test variant).',
    );
  }
  if (!keys.includes(CONTROL)) {
    throw wrong(attr, `Feature flag must have a variant with key '${CONTROL}'.`);
  }
}

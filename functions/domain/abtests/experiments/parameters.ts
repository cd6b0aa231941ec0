import { isDoc, shown, wrong } from '../refuse.ts';
import type { Doc } from './experiment.items.ts';
import { CONTROL, parseVariants, type Variant } from './variants.ts';

const ATTR = 'parameters';

/** What the calculator of running times knows, in its own field and among the parameters. */
const CALCULATED = [
  'minimum_detectable_effect',
  'recommended_running_time',
  'recommended_sample_size',
  'exposure_estimate_config',
] as const;

/** Parameters as they are stored, with the variants that they name. */
export interface ParsedParameters {
  readonly parameters: Doc;
  readonly variants: readonly Variant[] | undefined;
}

function requirePercentage({ rollout_percentage: percent }: Doc): void {
  if (percent === undefined || percent === null) return;
  if (typeof percent !== 'number' || percent < 0 || percent > 100) {
    throw wrong(ATTR, 'rollout_percentage must be between 0 and 100');
  }
}

/** Texts of payloads by variant; whether they fit the variants is for the flag to say. */
function requirePayloads({ feature_flag_payloads: payloads }: Doc): void {
  if (payloads === undefined || payloads === null || isDoc(payloads)) return;
  throw wrong(ATTR, 'feature_flag_payloads must be an object');
}

function excludedOf({ excluded_variants: excluded }: Doc): readonly string[] {
  if (excluded === undefined || excluded === null) return [];
  if (!Array.isArray(excluded) || !excluded.every((key) => typeof key === 'string')) {
    throw wrong(ATTR, 'excluded_variants must be a list of strings');
  }
  return excluded;
}

/** Throws where the variants that an analysis leaves out leave nothing to compare. */
function requireExclusions(
  excluded: readonly string[],
  variants: readonly Variant[] | undefined,
  baseline: string,
): void {
  if (excluded.length === 0) return;
  if (variants === undefined) {
    throw wrong(ATTR, 'excluded_variants needs feature_flag_variants in the same request');
  }
  const holdouts = excluded.filter((key) => key.startsWith('holdout-')).sort();
  if (holdouts.length > 0) {
    throw wrong(ATTR, `cannot exclude holdout pseudo-variants: ${shown(holdouts)}`);
  }
  if (excluded.includes(baseline)) {
    throw wrong(ATTR, `baseline variant cannot be excluded ('${baseline.slice(0, 80)}')`);
  }
  const keys = variants.map(({ key }) => key);
  const unknown = [...new Set(excluded)].filter((key) => !keys.includes(key)).sort();
  if (unknown.length > 0) {
    throw wrong(ATTR, `unknown variants for this experiment: ${shown(unknown)}`);
  }
  if (keys.every((key) => key === baseline || excluded.includes(key))) {
    throw wrong(ATTR, 'at least one test variant must remain in analysis');
  }
}

/** Checks parameters as they come, against the baseline of the experiment's statistics. */
export function parseParameters(sent: Doc, baseline = CONTROL): ParsedParameters {
  const variants = parseVariants(sent);
  requirePercentage(sent);
  requirePayloads(sent);
  requireExclusions(excludedOf(sent), variants, baseline);
  return { parameters: withVariants(sent, variants), variants };
}

/** Parameters that name these variants, and no others. */
export function withVariants(parameters: Doc, variants: readonly Variant[] | undefined): Doc {
  const { feature_flag_variants: _, ...rest } = parameters;
  return variants === undefined ? rest : { ...rest, feature_flag_variants: variants };
}

function requireKnown(calculation: Doc): void {
  const known: readonly string[] = CALCULATED;
  const unknown = Object.keys(calculation)
    .filter((key) => !known.includes(key))
    .sort();
  if (unknown.length > 0) {
    throw wrong(
      'running_time_calculation',
      `running_time_calculation got unknown keys: ${shown(unknown)}`,
    );
  }
}

/** Checks what the calculator of running times says. */
export function parseCalculation(calculation: Doc | null): Doc {
  if (calculation === null) return {};
  requireKnown(calculation);
  for (const key of CALCULATED) {
    const value = calculation[key];
    if (value === undefined || value === null) continue;
    const isConfig = key === 'exposure_estimate_config';
    if (isConfig ? isDoc(value) : typeof value === 'number') continue;
    throw wrong(
      'running_time_calculation',
      `${key} must be ${isConfig ? 'an object' : 'a number'}`,
    );
  }
  return calculation;
}

const calculatedIn = (parameters: Doc): Doc =>
  Object.fromEntries(
    CALCULATED.flatMap((key) => (key in parameters ? [[key, parameters[key]]] : [])),
  );

/**
 * What the calculator says is in two places, for clients of before and of now: whichever was sent is
 * copied to the other, its own field before the parameters.
 */
export function inBothPlaces(
  parameters: Doc | null,
  calculation: Doc | undefined,
): { readonly parameters: Doc | null; readonly runningTimeCalculation: Doc } {
  if (calculation === undefined) {
    return { parameters, runningTimeCalculation: calculatedIn(parameters ?? {}) };
  }
  const others = Object.entries(parameters ?? {}).filter(
    ([key]) => !(CALCULATED as readonly string[]).includes(key),
  );
  const both = { ...Object.fromEntries(others), ...calculation };
  return { parameters: both, runningTimeCalculation: calculation };
}

import * as z from 'zod';
import { isDoc, wrong } from '../refuse.ts';
import type { Doc } from './parse.ts';
import { type PropertyFilter, PropertyFilters } from './schema.ts';

const ATTR = 'exposure_criteria';

const Handling = z.enum(['exclude', 'first_seen']);

const EventExposure = z.looseObject({
  kind: z.literal('ExperimentEventExposureConfig').optional(),
  event: z.string().min(1).max(400),
  properties: PropertyFilters.nullish(),
});

/** Who counts as exposed; documents keep whatever else they say. */
const ExposureCriteria = z.looseObject({
  filterTestAccounts: z.boolean().nullish(),
  multiple_variant_handling: Handling.nullish(),
});

const isKindOf = (config: Doc, kind: string): boolean => (config.kind ?? kind) === kind;

function requireConfig(config: unknown): void {
  if (!isDoc(config)) throw wrong(ATTR, 'exposure_config must be an object');
  if (config.kind === 'ActionsNode') {
    if (typeof config.id === 'number') return;
    throw wrong(ATTR, 'exposure_config of an action must have a numeric id');
  }
  if (!isKindOf(config, 'ExperimentEventExposureConfig')) {
    throw wrong(
      ATTR,
      "exposure_config kind must be 'ExperimentEventExposureConfig' or 'ActionsNode'",
    );
  }
  const parsed = EventExposure.safeParse(config);
  if (parsed.success) return;
  const [issue] = parsed.error.issues;
  throw wrong(ATTR, `Invalid exposure_config: ${issue?.path.join('.')}: ${issue?.message}`);
}

/** Criteria as they were sent, or null where there are none. Throws `invalid`. */
export function parseExposureCriteria(value: unknown): Doc | null {
  if (value === null || value === undefined) return null;
  if (!isDoc(value)) throw wrong(ATTR, 'exposure_criteria must be an object');
  const parsed = ExposureCriteria.safeParse(value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw wrong(ATTR, `Invalid exposure_criteria: ${issue?.path.join('.')}: ${issue?.message}`);
  }
  if ((value.exposure_config ?? null) !== null) requireConfig(value.exposure_config);
  return value;
}

export interface Exposure {
  readonly filterTestAccounts: boolean;
  readonly multipleVariants: z.infer<typeof Handling>;
  readonly event: string;
  readonly properties: readonly PropertyFilter[];
}

const FLAG_CALLED = '$feature_flag_called';

/** What stored criteria mean; `undefined` where exposure is an action, which there are none of here. */
export function exposureOf(criteria: Doc | null): Exposure | undefined {
  const { filterTestAccounts, multiple_variant_handling: handling } = criteria ?? {};
  const config = criteria?.exposure_config;
  const parsed = EventExposure.safeParse(isDoc(config) ? config : { event: FLAG_CALLED });
  if (!parsed.success) return undefined;
  return {
    filterTestAccounts: filterTestAccounts === true,
    multipleVariants: handling === 'first_seen' ? handling : 'exclude',
    event: parsed.data.event,
    properties: parsed.data.properties ?? [],
  };
}

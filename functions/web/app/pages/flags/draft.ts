import type { Variant } from '../abtests/metric.ts';
import { variantsProblem } from '../abtests/variant-split.ts';
import {
  type Condition,
  conditionsOf,
  type Filters,
  filtersOf,
  payloadProblem,
  payloadText,
  type StoredFlag,
  variantsOfFlag,
} from './filters.ts';

/** A flag as a form has it. */
export interface FlagDraft {
  readonly key: string;
  readonly name: string;
  readonly active: boolean;
  readonly conditions: readonly Condition[];
  /** None: the flag is only on or off. */
  readonly variants: readonly Variant[];
  /** Texts of JSON by variant, `true` for a flag that is on. */
  readonly payloads: { readonly [key: string]: string };
  /** The group type whose groups are told apart, instead of persons. */
  readonly aggregation: number | null;
  readonly sticky: boolean;
  readonly byDevice: boolean;
  readonly runtime: 'server' | 'client' | 'all';
  readonly tags: string;
  readonly remoteConfig: boolean;
}

export const EMPTY_DRAFT: FlagDraft = {
  key: '',
  name: '',
  active: true,
  conditions: [{ properties: [], rollout_percentage: 100 }],
  variants: [],
  payloads: {},
  aggregation: null,
  sticky: false,
  byDevice: false,
  runtime: 'all',
  tags: '',
  remoteConfig: false,
};

export function draftOf(flag: StoredFlag): FlagDraft {
  const filters = filtersOf(flag);
  return {
    key: flag.key,
    name: flag.name,
    active: flag.active,
    conditions: conditionsOf(filters),
    variants: variantsOfFlag(filters),
    payloads: Object.fromEntries(
      Object.entries(filters.payloads ?? {}).map(([key, payload]) => [key, payloadText(payload)]),
    ),
    aggregation: filters.aggregation_group_type_index ?? null,
    sticky: flag.ensure_experience_continuity,
    byDevice: flag.bucketing_identifier === 'device_id',
    runtime: flag.evaluation_runtime,
    tags: flag.tags.join(', '),
    remoteConfig: flag.is_remote_configuration,
  };
}

/** What payloads may be of: the variants, or the flag being on. */
export const payloadKeys = ({ variants }: Pick<FlagDraft, 'variants'>): readonly string[] =>
  variants.length === 0 ? ['true'] : variants.map(({ key }) => key);

/** What is wrong with a draft, in words. */
export function problemOfDraft(draft: FlagDraft): string | undefined {
  if (!/^[A-Za-z0-9_-]{1,400}$/.test(draft.key)) {
    return 'The key: letters, digits, hyphens and underscores.';
  }
  if (draft.variants.length > 0) {
    const problem = variantsProblem(draft.variants, false);
    if (problem !== undefined) return problem;
  }
  for (const key of payloadKeys(draft)) {
    const problem = payloadProblem(draft.payloads[key] ?? '');
    if (problem !== undefined) return `The payload of ${key}. ${problem}`;
  }
  for (const [at, { properties, rollout_percentage: share }] of draft.conditions.entries()) {
    if ((properties ?? []).some(({ key }) => key === '')) {
      return `Name the property of each condition in set ${at + 1}.`;
    }
    if (share !== null && share !== undefined && !(share >= 0 && share <= 100)) {
      return `The rollout of set ${at + 1} lies between 0 and 100%.`;
    }
  }
  return undefined;
}

const payloadsOf = (draft: FlagDraft) =>
  Object.fromEntries(
    payloadKeys(draft).flatMap((key) => {
      const text = draft.payloads[key]?.trim() ?? '';
      return text === '' ? [] : [[key, text]];
    }),
  );

/** The document that is stored: what forms do not know of stays as it was. */
export function filtersFrom(draft: FlagDraft, before: Filters = {}): Filters {
  const keys = draft.variants.map(({ key }) => key);
  const groups = draft.conditions.map((condition) =>
    condition.variant && !keys.includes(condition.variant)
      ? { ...condition, variant: null }
      : condition,
  );
  return {
    ...before,
    groups,
    multivariate: keys.length === 0 ? null : { ...before.multivariate, variants: draft.variants },
    payloads: payloadsOf(draft),
    aggregation_group_type_index: draft.aggregation,
  };
}

const tagsOf = (text: string): string[] => [
  ...new Set(
    text
      .split(',')
      .map((tag) => tag.trim())
      .filter((tag) => tag !== ''),
  ),
];

/** All that is sent of a new flag. */
export const bodyOfDraft = (draft: FlagDraft, before?: Filters) => ({
  key: draft.key,
  name: draft.name,
  active: draft.active,
  filters: filtersFrom(draft, before) as { [name: string]: unknown },
  ensure_experience_continuity: draft.sticky,
  bucketing_identifier: draft.byDevice ? ('device_id' as const) : ('distinct_id' as const),
  evaluation_runtime: draft.runtime,
  tags: tagsOf(draft.tags),
  is_remote_configuration: draft.remoteConfig,
});

/** Only what differs: a policy may watch some members alone. */
export function changesOf(
  draft: FlagDraft,
  flag: StoredFlag,
): Partial<ReturnType<typeof bodyOfDraft>> {
  const before = bodyOfDraft(draftOf(flag), filtersOf(flag));
  const after = bodyOfDraft(draft, filtersOf(flag));
  return Object.fromEntries(
    Object.entries(after).filter(
      ([name, value]) =>
        JSON.stringify(value) !== JSON.stringify(before[name as keyof typeof before]),
    ),
  );
}

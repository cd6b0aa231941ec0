import { payloadText } from './filters.ts';

/** What a flag is for somebody, and why. */
export interface Verdict {
  readonly key: string;
  readonly value: boolean | string;
  readonly code: string;
  /** The set of conditions that it is about, from 0. */
  readonly condition: number | null;
  readonly payload: string;
}

const WORDS: Readonly<Record<string, (set: number) => string>> = {
  condition_match: (set) => `fits set ${set} and is in its share`,
  no_condition_match: () => 'fits none of the sets',
  out_of_rollout_bound: (set) => `fits set ${set}, but is outside of its share`,
  no_group_type: () => 'the flag is by groups, and no group was given',
  super_condition_value: () => 'a super condition decides',
  holdout_condition_value: () => 'is held out by a holdout',
  flag_disabled: () => 'the flag is off',
  missing_dependency: () => 'it asks about a flag that there is not',
};

export const reasonWords = ({ code, condition }: Pick<Verdict, 'code' | 'condition'>): string =>
  WORDS[code]?.((condition ?? 0) + 1) ?? code;

interface Reasoned {
  readonly [key: string]: {
    readonly value: boolean | string;
    readonly evaluation: { readonly reason: string; readonly condition_index: number | null };
  };
}

/** What `evaluation_reasons` answers. */
export const verdictsOfReasons = (answer: Reasoned): readonly Verdict[] =>
  Object.entries(answer).map(([key, { value, evaluation }]) => ({
    key,
    value,
    code: evaluation.reason,
    condition: evaluation.condition_index,
    payload: '',
  }));

interface Evaluated {
  readonly [key: string]: {
    readonly enabled: boolean;
    readonly variant?: string | null | undefined;
    readonly reason?:
      | { readonly code: string; readonly condition_index?: number | null | undefined }
      | undefined;
    readonly metadata?: { readonly payload?: unknown } | undefined;
  };
}

/** What `/flags` of version 2 answers. */
export const verdictsOfFlags = (flags: Evaluated): readonly Verdict[] =>
  Object.entries(flags).map(([key, { enabled, variant, reason, metadata }]) => ({
    key,
    value: enabled ? (variant ?? true) : false,
    code: reason?.code ?? '',
    condition: reason?.condition_index ?? null,
    payload: payloadText(metadata?.payload),
  }));

/** A JSON object that somebody typed; an empty text is none. */
export function objectOf(text: string): { readonly [name: string]: unknown } | undefined {
  if (text.trim() === '') return {};
  try {
    const value: unknown = JSON.parse(text);
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? (value as { [name: string]: unknown }) : undefined;
  } catch {
    return undefined;
  }
}

import type { Context } from '#kernel/context.ts';
import { firstIdOf } from './continuity.ts';
import { type Definitions, definitionsOfToken } from './definitions.ts';
import type { Evaluation } from './evaluate/evaluate.ts';
import { evaluateFlags } from './evaluate/evaluate-flags.ts';
import type { Subject } from './evaluate/subject.ts';
import type { EvaluationRuntime, Flag } from './flag.items.ts';

export interface FlagsAsked {
  /** The public token of the project. */
  readonly token: string;
  /** Undefined for nobody, who gets no flags. */
  readonly subject: Omit<Subject, 'now' | 'hashKeyOverride'> | undefined;
  /** What the person was called before signing in. */
  readonly anonymousId?: string | undefined;
  /** Only these flags. */
  readonly keys?: readonly string[] | undefined;
  /** Where the caller runs, as far as that is known. */
  readonly runtime?: Exclude<EvaluationRuntime, 'all'> | undefined;
  /** Which contexts the caller is of; all where it says none. */
  readonly contexts?: readonly string[] | undefined;
}

export interface FlagValueFor {
  readonly flag: Flag;
  readonly evaluation: Evaluation;
}

export interface FlagsFor {
  readonly values: readonly FlagValueFor[];
  /** Whether any could not be worked out. */
  readonly failed: boolean;
  /** Whether the project has flags that are active. */
  readonly hasFlags: boolean;
}

const isFor = (flag: Flag, { runtime, contexts = [] }: FlagsAsked): boolean => {
  const { evaluationRuntime, evaluationContexts } = flag;
  const isOfRuntime = evaluationRuntime === 'all' || evaluationRuntime === runtime;
  const isOfContext =
    contexts.length === 0 ||
    evaluationContexts.length === 0 ||
    evaluationContexts.some((context) => contexts.includes(context));
  return isOfRuntime && isOfContext;
};

/** What cannot be known of a person must not keep them from all flags. */
async function firstId(
  ctx: Context,
  { groupId, isSticky }: Definitions,
  { subject, anonymousId }: FlagsAsked,
): Promise<{ readonly hashKeyOverride?: string; readonly failed: boolean }> {
  if (!isSticky || subject === undefined) return { failed: false };
  const { distinctId } = subject;
  try {
    const id = await firstIdOf(ctx, { groupId, distinctId, anonymousId });
    return id === undefined ? { failed: false } : { hashKeyOverride: id, failed: false };
  } catch (error) {
    ctx.log.error('flags_first_id', { groupId, cause: String(error) });
    return { failed: true };
  }
}

/**
 * The flags of a project for somebody. Undefined where the token is of no project: the token is all the
 * permission that this needs.
 */
export async function flagsFor(ctx: Context, asked: FlagsAsked): Promise<FlagsFor | undefined> {
  const definitions = await definitionsOfToken(ctx, asked.token);
  if (definitions === undefined) return undefined;
  const hasFlags = definitions.flags.some(({ active }) => active);
  if (asked.subject === undefined) return { values: [], failed: false, hasFlags };
  const first = await firstId(ctx, definitions, asked);
  const { failed, ...override } = first;
  const subject = { ...asked.subject, ...override, now: ctx.clock.now() };
  const evaluated = evaluateFlags(definitions.compiled, subject, asked.keys);
  const values = [...evaluated].flatMap(([key, evaluation]) => {
    const flag = definitions.byKey.get(key);
    return flag !== undefined && isFor(flag, asked) ? [{ flag, evaluation }] : [];
  });
  return {
    values,
    failed: failed || values.some(({ evaluation }) => evaluation.failed === true),
    hasFlags,
  };
}

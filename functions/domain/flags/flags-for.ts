import type { Context } from '#kernel/context.ts';
import { firstIdOf } from './continuity.ts';
import { type Definitions, definitionsOfToken, projectDefinitions } from './definitions.ts';
import type { Evaluation } from './evaluate/evaluate.ts';
import { evaluateFlags } from './evaluate/evaluate-flags.ts';
import type { Subject } from './evaluate/subject.ts';
import type { EvaluationRuntime, Flag } from './flag.items.ts';

/** Whom flags are evaluated for, as far as they say. */
type Asker = Omit<Subject, 'now' | 'hashKeyOverride' | 'groupTypeMapping'>;

export interface FlagsAsked {
  /** The public token of the project. */
  readonly token: string;
  /** Undefined for nobody, who gets no flags. */
  readonly subject: Asker | undefined;
  /** What the person was called before signing in. */
  readonly anonymousId?: string | undefined;
  /** Only these flags. */
  readonly keys?: readonly string[] | undefined;
  /** Where the caller runs, as far as that is known. */
  readonly runtime?: Exclude<EvaluationRuntime, 'all'> | 'any' | undefined;
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

const isFor = (
  flag: Flag,
  { runtime, contexts = [] }: Pick<FlagsAsked, 'runtime' | 'contexts'>,
): boolean => {
  const { evaluationRuntime, evaluationContexts } = flag;
  const isOfRuntime =
    runtime === 'any' || evaluationRuntime === 'all' || evaluationRuntime === runtime;
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
  { subject, anonymousId }: Pick<FlagsAsked, 'subject' | 'anonymousId'>,
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

async function evaluated(
  ctx: Context,
  definitions: Definitions,
  asked: Omit<FlagsAsked, 'token' | 'subject'> & { readonly subject: Asker },
): Promise<Pick<FlagsFor, 'values' | 'failed'>> {
  const { failed, ...first } = await firstId(ctx, definitions, asked);
  const { groupTypeMapping } = definitions;
  const subject = { ...asked.subject, ...first, groupTypeMapping, now: ctx.clock.now() };
  const all = evaluateFlags(definitions.compiled, subject, asked.keys);
  const values = [...all].flatMap(([key, evaluation]) => {
    const flag = definitions.byKey.get(key);
    return flag !== undefined && isFor(flag, asked) ? [{ flag, evaluation }] : [];
  });
  const isAnyFailed = values.some(({ evaluation }) => evaluation.failed === true);
  return { values, failed: failed || isAnyFailed };
}

/**
 * The flags of a project for somebody. Undefined where the token is of no project: the token is all the
 * permission that this needs.
 */
export async function flagsFor(ctx: Context, asked: FlagsAsked): Promise<FlagsFor | undefined> {
  const definitions = await definitionsOfToken(ctx, asked.token);
  if (definitions === undefined) return undefined;
  const hasFlags = definitions.flags.some(({ active }) => active);
  const { subject } = asked;
  if (subject === undefined) return { values: [], failed: false, hasFlags };
  return { ...(await evaluated(ctx, definitions, { ...asked, subject })), hasFlags };
}

/** Every flag of a project for somebody, wherever they run, for those who may read it. Throws `not_found`. */
export async function evaluateProject(
  ctx: Context,
  groupId: number,
  subject: Asker,
): Promise<readonly FlagValueFor[]> {
  const definitions = await projectDefinitions(ctx, { groupId });
  if (definitions === undefined) return [];
  return (await evaluated(ctx, definitions, { subject, runtime: 'any' })).values;
}

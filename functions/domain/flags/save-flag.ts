import { commitRows, requireInProject } from '#domain/projects/index.ts';
import { whileContended } from '#domain/resources/index.ts';
import type { Context } from '#kernel/context.ts';
import { findFlag } from './find-flags.ts';
import { FLAGS, type Flag, type FlagFields } from './flag.items.ts';
import {
  differences,
  type FlagPlan,
  planFlagChange,
  planNewFlag,
  requireVersion,
} from './plan-flag.ts';

async function commit(ctx: Context, { flag, change, more, explain }: FlagPlan): Promise<Flag> {
  await commitRows(ctx, [change], more, explain);
  return flag;
}

/** Makes a flag. Throws `invalid`, also where its key is taken. */
export async function createFlag(
  ctx: Context,
  input: { readonly groupId: number; readonly key: string } & Partial<FlagFields>,
): Promise<Flag> {
  requireInProject(ctx, 'write', FLAGS, input);
  return commit(ctx, await planNewFlag(ctx, input));
}

export interface FlagChange {
  readonly groupId: number;
  readonly id: number;
  /** The version that the change was made of, where the caller says it. */
  readonly version?: number | undefined;
  /** What it becomes, of what it is. */
  readonly change: (before: Flag) => Partial<FlagFields>;
}

/**
 * Changes a flag. Throws what {@link planFlagChange} throws, and `conflict` where `version` is no longer
 * what is there.
 */
export async function changeFlag(
  ctx: Context,
  { groupId, id, version, change }: FlagChange,
): Promise<Flag> {
  requireInProject(ctx, 'write', FLAGS, { groupId, id });
  return whileContended(ctx, async () => {
    const before = await findFlag(ctx, { groupId, id });
    requireVersion(before, version);
    const wanted = differences(before, change(before));
    if (Object.keys(wanted).length === 0) return before;
    return commit(ctx, await planFlagChange(ctx, before, wanted));
  });
}

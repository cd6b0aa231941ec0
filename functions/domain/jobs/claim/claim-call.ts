import type { Context } from '#kernel/context.ts';
import { key, prefix, ttlOf } from '#kernel/keys.ts';
import { itemMissing, put, type Write } from '#kernel/table.ts';
import type { ClaimRequest } from '../protocol.ts';

export interface CallAttempt {
  readonly jobId: number;
  readonly attempt: number;
}

const callKey = (pool: string, call: string) => key(`${prefix.call}#${pool}#${call}`, 'CALL');

/** Notes what a call gets that is not the attempt it names, so that it gets one however often it is made. */
export const callWrites = (
  ctx: Context,
  { jobId, attempt, pool, call }: ClaimRequest,
  taken: CallAttempt,
): readonly Write[] =>
  (jobId === taken.jobId && attempt === taken.attempt) || call === undefined
    ? []
    : [
        // It stays for a day: longer than anybody repeats a call.
        put({ ...callKey(pool, call), ...taken, ttl: ttlOf(ctx.clock.now()) }, itemMissing),
      ];

/** What the call got when it was made before. */
export async function attemptOfCall(
  ctx: Context,
  { pool, call }: ClaimRequest,
): Promise<CallAttempt | undefined> {
  if (call === undefined) return undefined;
  const item = await ctx.table.get(callKey(pool, call));
  return item as (CallAttempt & typeof item) | undefined;
}

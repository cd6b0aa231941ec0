import { hashToken } from '#domain/identity/index.ts';
import { type Context, requireSystem, requireWorker } from '#kernel/context.ts';
import { exists, remove } from '#kernel/table.ts';
import { forgetWorker, workerTokenKey } from './tokens.ts';

/** A worker ends: the token of its task goes with it. A token that people made stays; they may use it again. */
export async function retireWorker(ctx: Context): Promise<void> {
  const { tokenHash } = requireWorker(ctx);
  const gone = await ctx.table.write(remove(workerTokenKey(tokenHash), exists('task')));
  if (gone.ok) forgetWorker(ctx, tokenHash);
}

/** Takes back a token that nobody got. */
export async function dropWorkerToken(ctx: Context, token: string): Promise<void> {
  requireSystem(ctx);
  await ctx.table.write(remove(workerTokenKey(hashToken(token))));
}

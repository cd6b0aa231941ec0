import { requireAdministrator } from '#domain/identity/index.ts';
import { asSystem, type Context } from '#kernel/context.ts';
import { invalid, notFound } from '#kernel/errors.ts';
import { type Item, remove } from '#kernel/table.ts';
import { createWorkerToken, forgetWorker, listedTokens, workerTokenKey } from './tokens.ts';

const DAY_SECONDS = 86_400;

/** A worker token that an administrator made; those of the launcher's own tasks are not listed. */
export interface WorkerToken {
  readonly id: string;
  readonly name: string;
  readonly pool: string;
  readonly createdOn: number;
  readonly expiresOn: number;
}

const readToken = (item: Item): WorkerToken => ({
  id: item.id as string,
  name: item.name as string,
  pool: item.pool as string,
  createdOn: item.createdOn as number,
  expiresOn: item.expiresOn as number,
});

/** Makes a token for workers that somebody runs; its text is returned this once. */
export async function issueWorkerToken(
  ctx: Context,
  input: { readonly pool: string; readonly name: string; readonly days: number },
): Promise<WorkerToken & { readonly token: string }> {
  requireAdministrator(ctx);
  const pools = ctx.settings.pools.map(({ name }) => name);
  if (!pools.includes(input.pool)) {
    throw invalid('unknown_pool', `There is no such pool; "pool" is one of: ${pools.join(', ')}.`, {
      field: 'pool',
      pools,
    });
  }
  const { pool, name, days } = input;
  const listed = { id: ctx.ids.hex32(), name, createdOn: ctx.clock.now() };
  const seconds = days * DAY_SECONDS;
  ctx.trail?.touches({ entity: 'worker_token', lookup: { worker_token_id: listed.id } });
  const token = await createWorkerToken(asSystem(ctx), { pool, seconds, listed });
  return { ...listed, pool, expiresOn: listed.createdOn + seconds * 1000, token };
}

const tokenItems = async (ctx: Context): Promise<readonly Item[]> =>
  (await ctx.table.query({ index: 'gsi1', pk: listedTokens })).items;

export async function listWorkerTokens(ctx: Context): Promise<readonly WorkerToken[]> {
  requireAdministrator(ctx);
  return (await tokenItems(ctx)).map(readToken);
}

/** Workers that hold the token are refused within the 5 seconds for which it may be cached. */
export async function revokeWorkerToken(ctx: Context, id: string): Promise<void> {
  requireAdministrator(ctx);
  const item = (await tokenItems(ctx)).find((candidate) => candidate.id === id);
  if (item === undefined) throw notFound('worker_token', { worker_token_id: id });
  ctx.trail?.touches({ entity: 'worker_token', lookup: { worker_token_id: id } });
  await ctx.table.write(remove({ pk: item.pk, sk: item.sk }));
  forgetWorker(ctx, item.pk.slice(workerTokenKey('').pk.length));
}

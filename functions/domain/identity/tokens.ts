import { type Context, requireUser } from '#kernel/context.ts';
import { notFound } from '#kernel/errors.ts';
import { put, remove } from '#kernel/table.ts';
import {
  type CredentialRow,
  credentialItem,
  hashToken,
  identityKeys,
  readCredentialRow,
} from './identity.items.ts';
import { loadUser } from './load-user.ts';

const DAY = 24 * 60 * 60 * 1000;

export type PersonalToken = Pick<
  CredentialRow,
  'tokenId' | 'name' | 'scopes' | 'createdOn' | 'expiresOn'
>;

/** Makes a personal token; its text is shown this once. Scopes restrict it; none means all that the user may. */
export async function createToken(
  ctx: Context,
  input: { readonly name: string; readonly scopes?: readonly string[]; readonly days: number },
): Promise<PersonalToken & { readonly token: string }> {
  const { userId } = requireUser(ctx);
  const loaded = await loadUser(ctx, userId);
  if (loaded === undefined) throw notFound('user', { user_id: userId });
  const token = `asy_${userId}_${ctx.ids.secret()}`;
  const now = ctx.clock.now();
  const row: CredentialRow = {
    kind: 'token',
    tokenId: ctx.ids.hex32(),
    userId,
    credentialVersion: loaded.user.credentialVersion,
    createdOn: now,
    expiresOn: now + input.days * DAY,
    name: input.name,
    ...(input.scopes === undefined ? {} : { scopes: input.scopes }),
  };
  ctx.trail?.touches({ entity: 'token', lookup: { token_id: row.tokenId } });
  await ctx.table.write(put(credentialItem(hashToken(token), row)));
  return { ...shown(row), token };
}

const shown = (row: CredentialRow): PersonalToken => ({
  tokenId: row.tokenId,
  createdOn: row.createdOn,
  expiresOn: row.expiresOn,
  ...(row.name === undefined ? {} : { name: row.name }),
  ...(row.scopes === undefined ? {} : { scopes: row.scopes }),
});

export async function listTokens(ctx: Context): Promise<readonly PersonalToken[]> {
  const { userId } = requireUser(ctx);
  const page = await ctx.table.query({ index: 'gsi1', pk: identityKeys.tokensOf(userId) });
  return page.items.map(readCredentialRow).map(shown);
}

export async function revokeToken(ctx: Context, tokenId: string): Promise<void> {
  const { userId } = requireUser(ctx);
  const page = await ctx.table.query({ index: 'gsi1', pk: identityKeys.tokensOf(userId) });
  const item = page.items.find((candidate) => candidate.tokenId === tokenId);
  if (item === undefined) throw notFound('token', { token_id: tokenId });
  ctx.trail?.touches({ entity: 'token', lookup: { token_id: tokenId } });
  await ctx.table.write(remove({ pk: item.pk, sk: item.sk }));
  ctx.cache.delete(`credential:${item.pk.slice(identityKeys.credential('').pk.length)}`);
}

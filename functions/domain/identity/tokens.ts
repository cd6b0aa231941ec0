import { type Context, type Platform, requirePerson } from '#kernel/context.ts';
import { notFound } from '#kernel/errors.ts';
import { put, remove } from '#kernel/table.ts';
import { credentialItem } from './account.items.ts';
import {
  type CredentialRow,
  hashToken,
  identityKeys,
  readCredentialRow,
  type UserRow,
} from './identity.items.ts';
import { loadUser } from './load-user.ts';

const DAY = 24 * 60 * 60 * 1000;

export type PersonalToken = Pick<
  CredentialRow,
  'tokenId' | 'name' | 'scopes' | 'createdOn' | 'expiresOn'
>;

export interface NewToken {
  readonly name: string;
  readonly scopes?: readonly string[];
  readonly days: number;
  /** What its text begins with, where clients look for something of their own. */
  readonly prefix?: 'phx';
}

type MadeToken = PersonalToken & { readonly token: string };

/** The text of a new token of an account, and the write that makes it good. */
export function newToken(
  platform: Pick<Platform, 'clock' | 'ids'>,
  user: UserRow,
  input: NewToken,
): { readonly made: MadeToken; readonly item: ReturnType<typeof credentialItem> } {
  const kind = user.service === undefined ? (input.prefix ?? 'asy') : 'asv';
  const token = `${kind}_${user.id}_${platform.ids.secret()}`;
  const now = platform.clock.now();
  const row: CredentialRow = {
    kind: 'token',
    tokenId: platform.ids.hex32(),
    userId: user.id,
    credentialVersion: user.credentialVersion,
    createdOn: now,
    expiresOn: now + input.days * DAY,
    name: input.name,
    ...(input.scopes === undefined ? {} : { scopes: input.scopes }),
  };
  return { made: { ...shown(row), token }, item: credentialItem(hashToken(token), row) };
}

const shown = (row: CredentialRow): PersonalToken => ({
  tokenId: row.tokenId,
  createdOn: row.createdOn,
  expiresOn: row.expiresOn,
  ...(row.name === undefined ? {} : { name: row.name }),
  ...(row.scopes === undefined ? {} : { scopes: row.scopes }),
});

/** The tokens of an account, without their text. */
export async function readTokens(
  platform: Pick<Platform, 'table'>,
  userId: number,
): Promise<readonly PersonalToken[]> {
  const page = await platform.table.query({ index: 'gsi1', pk: identityKeys.tokensOf(userId) });
  return page.items.map(readCredentialRow).map(shown);
}

/** The write that ends a token, for whoever may; then this process is to forget it. */
export async function findToken(
  platform: Pick<Platform, 'table' | 'cache'>,
  userId: number,
  tokenId: string,
) {
  const page = await platform.table.query({ index: 'gsi1', pk: identityKeys.tokensOf(userId) });
  const item = page.items.find((candidate) => candidate.tokenId === tokenId);
  if (item === undefined) throw notFound('token', { token_id: tokenId });
  const hash = item.pk.slice(identityKeys.credential('').pk.length);
  return {
    end: remove({ pk: item.pk, sk: item.sk }),
    forget: () => platform.cache.delete(`credential:${hash}`),
  };
}

/** Makes a personal token; its text is shown this once. Scopes restrict it; none means all that the user may. */
export async function createToken(ctx: Context, input: NewToken): Promise<MadeToken> {
  const { userId } = requirePerson(ctx);
  const loaded = await loadUser(ctx, userId);
  if (loaded === undefined) throw notFound('user', { user_id: userId });
  const { made, item } = newToken(ctx, loaded.user, input);
  ctx.trail?.touches({ entity: 'token', lookup: { token_id: made.tokenId } });
  await ctx.table.write(put(item));
  return made;
}

export const listTokens = async (ctx: Context): Promise<readonly PersonalToken[]> =>
  readTokens(ctx, requirePerson(ctx).userId);

export async function revokeToken(ctx: Context, tokenId: string): Promise<void> {
  const { userId } = requirePerson(ctx);
  const { end, forget } = await findToken(ctx, userId, tokenId);
  ctx.trail?.touches({ entity: 'token', lookup: { token_id: tokenId } });
  await ctx.table.write(end);
  forget();
}

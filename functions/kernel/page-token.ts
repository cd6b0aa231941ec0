import type { Platform } from './context.ts';
import { type CursorPayload, openCursor, signCursor } from './cursor.ts';
import { AppError } from './errors.ts';
import { key, prefix } from './keys.ts';
import { itemMissing, put } from './table.ts';

type Store = Pick<Platform, 'table' | 'cache' | 'ids'>;

const secretKey = key(`${prefix.system}#PAGE_TOKENS`, 'SECRET');
const CACHED = 'page-token-secret';

/** The deployment's own random key, made by whoever needs it first and kept in the table. */
async function secretOf({ table, cache, ids }: Store): Promise<Uint8Array> {
  const cached = cache.get<Uint8Array>(CACHED);
  if (cached !== undefined) return cached;
  const stored =
    (await table.get(secretKey)) ??
    (await table
      .write(put({ ...secretKey, secret: ids.secret() }, itemMissing))
      .then(() => table.get(secretKey)));
  if (typeof stored?.secret !== 'string') {
    throw new AppError('internal', 'The key of page tokens is missing.');
  }
  const secret = new TextEncoder().encode(stored.secret);
  cache.set(CACHED, secret);
  return secret;
}

/** A token for the next page, good only for the same question: `bound` names tenant, list and query. */
export async function signPageToken(
  store: Store,
  bound: readonly unknown[],
  payload: CursorPayload,
): Promise<string> {
  return signCursor(await secretOf(store), JSON.stringify(bound), payload);
}

/** What {@link signPageToken} was given; throws `invalid` (`invalid_cursor`) for any other text or question. */
export async function openPageToken(
  store: Store,
  bound: readonly unknown[],
  token: string,
): Promise<CursorPayload> {
  return openCursor(await secretOf(store), JSON.stringify(bound), token);
}

import { createHash } from 'node:crypto';
import type { Context } from '#kernel/context.ts';
import { AppError } from '#kernel/errors.ts';
import { key, pad, prefix } from '#kernel/keys.ts';
import type { Attribute, Item, Key } from '#kernel/table.ts';
import type { Kind, PastVersion, Resource, Snapshot } from './resource.ts';

/** Content above this many bytes of JSON is kept as an object beside the table. */
const INLINE_BYTES = 64 * 1024;
/** Content above this is refused. */
const MAX_CONTENT_BYTES = 5 * 1024 * 1024;
/** Contents that one call may read together; what callers may ask for at once is bounded by it. */
const MAX_CALL_BYTES = 32 * 1024 * 1024;
/** Longer names are guarded by their hash, since keys are limited to 2,048 bytes. */
const MAX_NAME_KEY_BYTES = 1_000;

export const resourceKeys = {
  current: (id: number): Key => key(`${prefix.resource}#${id}`, 'CURRENT'),
  /** The row in a partition of a resource. */
  currentIn: (partition: string): Key => ({ pk: partition, sk: 'CURRENT' }),
  snapshot: (id: number, snapshot: number): Key =>
    key(`${prefix.resource}#${id}`, `SNAP#${pad(snapshot)}`),
  snapshots: 'SNAP#',
  name: (type: string, scope: string, name: string): Key => {
    const text =
      Buffer.byteLength(name) <= MAX_NAME_KEY_BYTES
        ? name
        : `sha256:${createHash('sha256').update(name).digest('hex')}`;
    return key(`${prefix.name}#${type}#${scope}#${text}`, 'NAME');
  },
};

/** What an item holds of some content: itself, or where it lies. */
export type Content =
  | { readonly data: Attribute }
  | { readonly dataKey: string; readonly dataBytes: number };

/** The object with the content of a version that is too large for its item. */
const snapshotBlob = ({ id, snapshot }: Pick<Resource<unknown>, 'id' | 'snapshot'>): string =>
  `snapshots/${id}/${snapshot}.json`;

/** Content of a version, as the attributes of its item; what is stored beside the table is left there. */
export async function packVersion<D>(
  ctx: Pick<Context, 'blobs'>,
  resource: Resource<D>,
): Promise<Content> {
  const blob = snapshotBlob(resource);
  const { dataKey, dataBytes } = resource;
  // A resource that was changed since it was read may still have the key of the version before.
  if (dataKey === blob && dataBytes !== undefined) return { dataKey, dataBytes };
  return packData(ctx, blob, resource.data);
}

/** Puts content that is too large for an item into the blob store; returns the attributes for the item. */
export async function packData<D>(
  ctx: Pick<Context, 'blobs'>,
  dataKey: string,
  data: D,
): Promise<Content> {
  const json = JSON.stringify(data);
  const bytes = Buffer.byteLength(json);
  if (bytes > MAX_CONTENT_BYTES) {
    throw new AppError('too_large', `The content is larger than ${MAX_CONTENT_BYTES} bytes.`);
  }
  if (bytes <= INLINE_BYTES) return { data: data as Attribute };
  await ctx.blobs.put(dataKey, json, { contentType: 'application/json' });
  return { dataKey, dataBytes: bytes };
}

/** Throws `too_large` when the contents of the items are more than one call may read. */
export function requireReadable(
  items: readonly (Item | { readonly dataBytes: number } | undefined)[],
): void {
  const total = items.reduce((sum, item) => sum + Number(item?.dataBytes ?? 0), 0);
  if (total <= MAX_CALL_BYTES) return;
  throw new AppError(
    'too_large',
    `The answer would hold more than ${MAX_CALL_BYTES} bytes: ask for fewer at a time.`,
  );
}

/** The content of a resource's or snapshot's item. Snapshots never change, so large ones are cached. */
export async function unpackData<D>(ctx: Pick<Context, 'blobs' | 'cache'>, item: Item): Promise<D> {
  if (typeof item.dataKey !== 'string') return item.data as D;
  const cacheKey = `content:${item.dataKey}`;
  const cached = ctx.cache.get<D>(cacheKey);
  if (cached !== undefined) return cached;
  const bytes = await ctx.blobs.get(item.dataKey);
  if (bytes === undefined) {
    throw new AppError('internal', `The content ${item.dataKey} is missing.`);
  }
  const data = JSON.parse(new TextDecoder().decode(bytes)) as D;
  ctx.cache.set(cacheKey, data, 60, 2 * bytes.byteLength);
  return data;
}

/** Where a process keeps what answers show of a resource that they refer to. */
export const shownKey = (id: number): string => `ref:${id}`;

/** The attributes of the row; `content` is what {@link packData} returned. */
export function currentItem<D>(resource: Resource<D>, content: Content): Item {
  const { data: _, dataKey: _key, dataBytes: _bytes, ...row } = resource;
  return {
    ...resourceKeys.current(resource.id),
    ...(row as unknown as Record<string, Attribute>),
    ...content,
  };
}

/** A version that is no longer the newest. */
export function snapshotItem<D>(resource: Resource<D>, content: Content): Item {
  return {
    ...resourceKeys.snapshot(resource.id, resource.snapshot),
    id: resource.snapshot,
    createdBy: resource.snapshotBy,
    createdOn: resource.snapshotOn,
    ...content,
  };
}

export async function readCurrent<D>(
  ctx: Pick<Context, 'blobs' | 'cache'>,
  item: Item,
): Promise<Resource<D>> {
  const data = await unpackData<D>(ctx, item);
  return { ...(item as unknown as Resource<D>), data };
}

/** The newest version of a resource. */
export const newestSnapshot = <D>(resource: Resource<D>): Snapshot<D> => ({
  resource,
  id: resource.snapshot,
  createdBy: resource.snapshotBy,
  createdOn: resource.snapshotOn,
  data: resource.data,
});

/** An earlier version. */
export async function readSnapshot<D>(
  ctx: Pick<Context, 'blobs' | 'cache'>,
  resource: Resource<D>,
  item: Item,
): Promise<Snapshot<D>> {
  return {
    resource,
    id: item.id as number,
    createdBy: item.createdBy as number,
    createdOn: item.createdOn as number,
    data: await unpackData<D>(ctx, item),
  };
}

/** More of them would make the row, and each write of it, dear. */
const MAX_PAST = 20;

/** The earlier versions of a resource that is about to be replaced, it among them; `undefined` where it needs an item. */
export function withPast<D>(
  { changing }: Kind<D>,
  resource: Resource<D>,
): readonly PastVersion[] | undefined {
  const { past = [], snapshot, snapshotBy, snapshotOn, data } = resource;
  if (changing === undefined || past.length >= MAX_PAST) return undefined;
  const content = changing.flatMap((field) => {
    const value = data[field];
    return typeof value === 'string' ? [[field, value] as const] : [];
  });
  return [...past, [snapshot, snapshotBy, snapshotOn, Object.fromEntries(content)]];
}

/** The version that the row keeps of an earlier one. */
export function pastSnapshot<D>(
  { changing = [] }: Kind<D>,
  resource: Resource<D>,
  [id, createdBy, createdOn, content]: PastVersion,
): Snapshot<D> {
  const fields: readonly string[] = changing;
  const same = Object.entries(resource.data as object).filter(([name]) => !fields.includes(name));
  return {
    resource,
    id,
    createdBy,
    createdOn,
    data: { ...Object.fromEntries(same), ...content } as D,
  };
}

import { createHash } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import * as z from 'zod';
import type { Context } from '#kernel/context.ts';
import { eventObjects } from './event.items.ts';

/** The queue of what was ingested and is not stored yet. */
export const EVENTS_QUEUE = 'assay:events';

/** Events on their way: lines of JSON, gzipped; in base64 in the message, or else in an object. */
const Parcel = z.union([
  z.strictObject({ version: z.literal(1), groupId: z.int().positive(), lines: z.base64() }),
  z.strictObject({ version: z.literal(1), groupId: z.int().positive(), object: z.string().min(1) }),
]);
type Parcel = z.infer<typeof Parcel>;

/** What fits a message of 256 KiB in base64, with a rest for its frame. */
const MAX_INLINE_BYTES = 190_000;
/** More than a body of 20 MiB becomes as lines. */
const MAX_LINES_BYTES = 64 * 1024 * 1024;
/** Events are alike: the least effort halves what the usual one does. */
const LEVEL = 3;

export const packLines = (lines: readonly string[]): Buffer =>
  gzipSync(`${lines.join('\n')}\n`, { level: LEVEL });

export const unpackLines = (bytes: Uint8Array, maxBytes = MAX_LINES_BYTES): readonly string[] =>
  gunzipSync(bytes, { maxOutputLength: maxBytes })
    .toString('utf8')
    .split('\n')
    .filter((line) => line !== '');

/** The same content has the same name, so that a repeated write adds nothing. */
export const contentId = (lines: readonly string[]): string => {
  const hash = createHash('sha256');
  for (const line of lines) hash.update(line).update('\n');
  return hash.digest('hex').slice(0, 32);
};

/** Resolves when the queue has the lines. */
export async function sendLines(
  ctx: Pick<Context, 'messages' | 'blobs'>,
  groupId: number,
  lines: readonly string[],
): Promise<void> {
  const packed = packLines(lines);
  const own = { version: 1, groupId } as const;
  if (packed.length <= MAX_INLINE_BYTES) {
    const parcel: Parcel = { ...own, lines: packed.toString('base64') };
    return ctx.messages.send(EVENTS_QUEUE, JSON.stringify(parcel));
  }
  const object = eventObjects.parcel(groupId, contentId(lines));
  await ctx.blobs.put(object, packed, { contentType: 'application/gzip' });
  const parcel: Parcel = { ...own, object };
  return ctx.messages.send(EVENTS_QUEUE, JSON.stringify(parcel));
}

export interface Opened {
  readonly groupId: number;
  readonly lines: readonly string[];
  /** What may go once the lines are stored. */
  readonly object?: string;
}

/**
 * What a message holds; no lines where its object is gone, which goes only after they were stored. Throws
 * where the message is none of ours, or damaged.
 */
export async function openParcel(ctx: Pick<Context, 'blobs'>, body: string): Promise<Opened> {
  const parcel = Parcel.parse(JSON.parse(body));
  const { groupId } = parcel;
  if ('lines' in parcel)
    return { groupId, lines: unpackLines(Buffer.from(parcel.lines, 'base64')) };
  if (!parcel.object.startsWith(eventObjects.parcel(groupId, ''))) {
    throw new Error('The object of the message is of another group.');
  }
  const packed = await ctx.blobs.get(parcel.object);
  const lines = packed === undefined ? [] : unpackLines(packed);
  return { groupId, lines, object: parcel.object };
}

import * as z from 'zod';
import { shown } from '#http/masked.ts';
import type { Context } from '#kernel/context.ts';

/** More than this is fetched from the blob store: answers of the API are limited. */
const MAX_ANSWER_BYTES = 4 * 1024 * 1024;
const URL_SECONDS = 300;
const JSON_TYPE = 'application/json';

/** A whole list; a very long one is a redirect to where it was put. */
export async function wholeList(
  ctx: Context,
  request: Request,
  rows: readonly object[],
): Promise<unknown> {
  const text = JSON.stringify(shown(rows, request));
  if (Buffer.byteLength(text) <= MAX_ANSWER_BYTES) return rows;
  const key = `packed/lists/${ctx.ids.hex32()}.json`;
  await ctx.blobs.put(key, text, { contentType: JSON_TYPE });
  const options = { expiresIn: URL_SECONDS, filename: 'list.json', contentType: JSON_TYPE };
  const location = await ctx.blobs.signGet(key, options);
  const headers = { 'cache-control': 'no-store', location };
  return new Response(null, { status: 302, headers });
}

export const DoneById = z.object({ status: z.literal('Success'), id: z.array(z.int()) });
export const DoneByName = z.object({ status: z.literal('Success'), name: z.array(z.string()) });

/** What a call did, which no mask thins out. */
export const done = (what: { readonly [field: string]: unknown }): Response =>
  Response.json({ status: 'Success', ...what }, { headers: { 'cache-control': 'no-store' } });

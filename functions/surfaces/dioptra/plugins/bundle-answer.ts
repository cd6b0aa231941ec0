import * as z from 'zod';
import { fileTypes } from '#domain/archives/index.ts';
import type { Bundle } from '#domain/plugins/index.ts';

export const BundleQuery = z.object({ fileType: z.enum(fileTypes).default('tar_gz') });

/** The bytes as an attachment, or the way to them. */
export function bundleAnswer(bundle: Bundle): Response {
  const safe = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' };
  if ('url' in bundle) {
    return new Response(null, { status: 302, headers: { ...safe, location: bundle.url } });
  }
  return new Response(new Uint8Array(bundle.bytes), {
    headers: {
      ...safe,
      'content-type': bundle.contentType,
      'content-disposition': `attachment; filename=${bundle.filename}`,
    },
  });
}

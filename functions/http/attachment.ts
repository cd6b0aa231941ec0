import type { Download } from '#kernel/download.ts';

/** The bytes as an attachment, or the way to them. File names are the server's own, or checked. */
export function attachment(download: Download): Response {
  const safe = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' };
  if ('url' in download) {
    return new Response(null, { status: 302, headers: { ...safe, location: download.url } });
  }
  return new Response(new Uint8Array(download.bytes), {
    headers: {
      ...safe,
      'content-type': download.contentType,
      'content-disposition': `attachment; filename=${download.filename}`,
    },
  });
}

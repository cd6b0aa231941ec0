import type { _Object, CommonPrefix } from '@aws-sdk/client-s3';
import type { BlobInfo, Blobs } from '#kernel/blobs.ts';
import type { S3Setup } from './s3-rules.ts';

type Listing = Awaited<ReturnType<Blobs['list']>>;

const PAGE = 1000;

const infoOf = ({ Key, Size, ETag }: _Object): BlobInfo => ({
  key: Key ?? '',
  size: Size ?? 0,
  etag: ETag ?? '',
});

const nameOf = ({ Prefix }: CommonPrefix): string => Prefix ?? '';

const later = (a: string | undefined, b: string | undefined): string | undefined => {
  if (a === undefined || b === undefined) return a ?? b;
  return Buffer.compare(Buffer.from(a), Buffer.from(b)) > 0 ? a : b;
};

// A page may end with a folder: the next one starts behind everything in it. Keys never end in a
// slash, so that a position which does is always a folder.
const startAfter = (after: string): string => (after.endsWith('/') ? `${after}\u{10ffff}` : after);

/** One listing of up to `limit` objects and folders, however many requests that takes. */
export async function listObjects(
  { bucket, kit }: S3Setup,
  prefix: string,
  options: { limit?: number; after?: string; delimited?: boolean } = {},
): Promise<Listing> {
  const limit = options.limit ?? PAGE;
  const { client, sdk } = await kit();
  const objects: BlobInfo[] = [];
  const folders: string[] = [];
  let after = options.after;
  for (;;) {
    const page = await client.send(
      new sdk.ListObjectsV2Command({
        Bucket: bucket,
        Prefix: prefix,
        MaxKeys: Math.min(PAGE, limit - objects.length - folders.length),
        ...(options.delimited === true && { Delimiter: '/' }),
        ...(after !== undefined && { StartAfter: startAfter(after) }),
      }),
    );
    objects.push(...(page.Contents ?? []).map(infoOf));
    folders.push(...(page.CommonPrefixes ?? []).map(nameOf));
    after = later(objects.at(-1)?.key, folders.at(-1));
    if (page.IsTruncated !== true || after === undefined) return { objects, folders };
    if (objects.length + folders.length >= limit) return { objects, folders, next: after };
  }
}

import { createHash } from 'node:crypto';
import { extname } from 'node:path';
import { type StoredBody, tagOf } from '#http/stored-body.ts';

/** The files of a page, wherever they lie; no other name leads to one. */
export interface PageFiles {
  /** Names what is in all of them: addresses that hold it are good for ever. */
  readonly version: string;
  readonly read: (name: string) => Promise<StoredBody | undefined>;
}

/** Where the files come from; asked once, by the first who wants the page. */
export type FindPageFiles = () => Promise<PageFiles>;

/** Each file of a page by its name, which may have folders in it. */
export type Contents = ReadonlyMap<string, Uint8Array<ArrayBuffer>>;

/** What is known of files without reading them. */
export interface Manifest {
  readonly version: string;
  readonly tags: Readonly<Record<string, string>>;
}

type Packed = Pick<StoredBody, 'gzip' | 'brotli'>;

const TYPES: Readonly<Record<string, string>> = {
  '': 'text/plain; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.map': 'application/json',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
  '.webmanifest': 'application/manifest+json',
  '.woff2': 'font/woff2',
};

/** Of what it is not known, a browser gets to know nothing either. */
export const typeOf = (name: string): string => TYPES[extname(name)] ?? 'application/octet-stream';

export function manifestOf(contents: Contents): Manifest {
  const hash = createHash('sha256');
  for (const [name, content] of contents) {
    hash.update(`${name}:${content.byteLength}:`).update(content);
  }
  return {
    version: hash.digest('hex').slice(0, 16),
    tags: Object.fromEntries([...contents].map(([name, content]) => [name, tagOf(content)])),
  };
}

/** Files that are compressed as `packedOf` says, each read once. */
export function pageFiles(
  { version, tags }: Manifest,
  packedOf: (name: string) => Promise<Packed>,
): PageFiles {
  const known = new Map(Object.entries(tags));
  const kept = new Map<string, Promise<StoredBody>>();
  const read = (name: string, tag: string): Promise<StoredBody> => {
    const found = packedOf(name).then((packed) => ({ type: typeOf(name), tag, ...packed }));
    kept.set(name, found);
    // What failed once may be there the next time.
    found.catch(() => kept.delete(name));
    return found;
  };
  return {
    version,
    read: async (name) => {
      const tag = known.get(name);
      return tag === undefined ? undefined : (kept.get(name) ?? read(name, tag));
    },
  };
}

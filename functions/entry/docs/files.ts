import { createHash } from 'node:crypto';
import type { StoredBody } from '#http/stored-body.ts';

interface PageFile {
  readonly type: string;
  /** Whose file it is: that of the package swagger-ui-dist, or ours in `functions/web/docs`. */
  readonly of: 'package' | 'web';
}

const SCRIPT = 'text/javascript; charset=utf-8';
const STYLE = 'text/css; charset=utf-8';
const TEXT = 'text/plain; charset=utf-8';

/** All that the page /docs loads; no other name leads to a file. */
export const PAGE_FILES: ReadonlyMap<string, PageFile> = new Map([
  ['swagger-ui-bundle.js', { type: SCRIPT, of: 'package' }],
  ['swagger-ui.css', { type: STYLE, of: 'package' }],
  // What its licences ask to go along with it.
  ['swagger-ui-bundle.js.LICENSE.txt', { type: TEXT, of: 'package' }],
  ['LICENSE', { type: TEXT, of: 'package' }],
  ['NOTICE', { type: TEXT, of: 'package' }],
  ['docs.js', { type: SCRIPT, of: 'web' }],
  ['docs.css', { type: STYLE, of: 'web' }],
  ['icon.svg', { type: 'image/svg+xml', of: 'web' }],
]);

/** The files of the page, wherever they lie. */
export interface PageFiles {
  /** Names what is in all of them: addresses that hold it are good for ever. */
  readonly version: string;
  readonly read: (name: string) => Promise<StoredBody | undefined>;
}

/** Where the files come from; asked once, by the first who wants the page. */
export type FindPageFiles = () => Promise<PageFiles>;

/** The version of files with this content, in the order of {@link PAGE_FILES}. */
export function versionOf(contents: readonly Uint8Array[]): string {
  const hash = createHash('sha256');
  for (const content of contents) hash.update(`${content.byteLength}:`).update(content);
  return hash.digest('hex').slice(0, 16);
}

/** Files that are compressed as `gzipOf` says, each read once. */
export function pageFiles(
  version: string,
  gzipOf: (name: string) => Promise<Uint8Array<ArrayBuffer>>,
): PageFiles {
  const kept = new Map<string, Promise<StoredBody>>();
  return {
    version,
    read: async (name) => {
      const file = PAGE_FILES.get(name);
      if (file === undefined) return undefined;
      const known = kept.get(name);
      if (known !== undefined) return known;
      const found = gzipOf(name).then((gzip) => ({ type: file.type, tag: `"${version}"`, gzip }));
      kept.set(name, found);
      // What failed once may be there the next time.
      found.catch(() => kept.delete(name));
      return found;
    },
  };
}

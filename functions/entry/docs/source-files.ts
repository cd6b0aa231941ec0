import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { type FindPageFiles, PAGE_FILES, pageFiles, versionOf } from './files.ts';

const compress = promisify(gzip);
const WEB = fileURLToPath(new URL('../../web/docs', import.meta.url));

/** Each file of the page by its name, as it is in the source tree and its packages. */
export async function readSources(): Promise<ReadonlyMap<string, Buffer<ArrayBuffer>>> {
  const { resolve } = createRequire(import.meta.url);
  const folders = { package: dirname(resolve('swagger-ui-dist/package.json')), web: WEB };
  const read = [...PAGE_FILES].map(
    async ([name, { of }]) => [name, await readFile(join(folders[of], name))] as const,
  );
  return new Map(await Promise.all(read));
}

/** The files of the page from the source tree, for servers that run from it. */
export const sourceFiles: FindPageFiles = async () => {
  const contents = await readSources();
  return pageFiles(versionOf([...contents.values()]), async (name) =>
    compress(contents.get(name) ?? ''),
  );
};

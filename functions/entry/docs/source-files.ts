import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { looseFiles } from '../pages/loose-files.ts';
import type { Contents, FindPageFiles } from '../pages/page-files.ts';
import { PAGE_FILES } from './files.ts';

const WEB = fileURLToPath(new URL('../../web/docs', import.meta.url));

/** Each file of the page by its name, as it is in the source tree and its packages. */
export async function readSources(): Promise<Contents> {
  const { resolve } = createRequire(import.meta.url);
  const folders = { package: dirname(resolve('swagger-ui-dist/package.json')), web: WEB };
  const read = [...PAGE_FILES].map(
    async ([name, origin]) => [name, await readFile(join(folders[origin], name))] as const,
  );
  return new Map(await Promise.all(read));
}

/** The files of the page from the source tree, for servers that run from it. */
export const sourceFiles: FindPageFiles = async () => looseFiles(await readSources());

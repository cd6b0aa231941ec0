import { access, readdir, readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { looseFiles } from '../pages/loose-files.ts';
import type { Contents, FindPageFiles } from '../pages/page-files.ts';
import { INDEX } from './ui-app.ts';

/** What the builder notes for itself. */
const HIDDEN = /(?:^|\/)\./;

/** Each file of a build of the dashboard by its path in it, with slashes. */
export async function readBuild(folder: string): Promise<Contents> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => relative(folder, join(parentPath, name)).replaceAll(sep, '/'))
    .filter((path) => !HIDDEN.test(path))
    .sort();
  const read = paths.map(async (path) => [path, await readFile(join(folder, path))] as const);
  return new Map(await Promise.all(read));
}

/** The files of a build from its folder, where there is one. */
export async function builtFiles(folder: string): Promise<FindPageFiles | undefined> {
  const isThere = await access(join(folder, INDEX)).then(
    () => true,
    () => false,
  );
  return isThere ? async () => looseFiles(await readBuild(folder)) : undefined;
}

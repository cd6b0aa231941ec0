/** The built dashboard. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { currentBuild } from './current-build.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const builder = new URL('build.ts', import.meta.url);

/** The folder of the dashboard, built when its sources have changed; `undefined` in a tree without it. */
export async function currentWeb(
  onBuild: () => void = () => undefined,
): Promise<string | undefined> {
  if (!existsSync(builder)) return undefined;
  return currentBuild({
    sources: ['functions/web', 'infra/web', 'package-lock.json'].map((path) => join(root, path)),
    folder: join(root, 'dist', 'web'),
    build: async (folder) => (await import(builder.href)).buildWeb(folder),
    onBuild,
  });
}

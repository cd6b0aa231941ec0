/** Builds the dashboard of `functions/web/app` into a folder: `index.html`, and below `assets/` files named by what is in them. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const source = join(root, 'functions', 'web', 'app');
/** Where the build lies unless another folder is named. */
export const WEB_BUILD = join(root, 'dist', 'web');
const STAMP = '.built-from';

const domain = join(root, 'functions', 'domain');

/** What the dashboard is made of; of the domain, the numbers and graphs that pages work out by themselves. */
const SOURCES = [source, join(domain, 'stats'), join(domain, 'entrypoints', 'task-graph')];

async function filesOf(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

/** A hash of all that a build is made of. */
async function hashOfSources(): Promise<string> {
  const hash = createHash('sha256');
  const entries = await Promise.all(SOURCES.map(filesOf));
  const files = entries.flat().sort();
  const own = [join(root, 'package-lock.json'), fileURLToPath(import.meta.url)];
  for (const file of [...files, ...own]) hash.update(file).update(await readFile(file));
  return hash.digest('hex');
}

/** Whether a folder holds the build of the sources as they are. */
export async function isBuilt(out = WEB_BUILD): Promise<boolean> {
  const stamp = join(out, STAMP);
  return existsSync(stamp) && (await readFile(stamp, 'utf8')) === (await hashOfSources());
}

/** The bundler and its plugins ask the environment; a build that a test asks for is none for tests. */
async function inProduction(work: () => Promise<unknown>): Promise<void> {
  const before = process.env.NODE_ENV;
  process.env.NODE_ENV = 'production';
  await work().finally(() => {
    if (before === undefined) delete process.env.NODE_ENV;
    else process.env.NODE_ENV = before;
  });
}

/** Makes the build. What changes meanwhile is not of it: its stamp is that of the sources as they were. */
export async function buildWeb(out = WEB_BUILD): Promise<void> {
  const stamp = await hashOfSources();
  await inProduction(() => bundle(out));
  await writeFile(join(out, STAMP), stamp);
}

async function bundle(out: string): Promise<void> {
  const { build } = await import('vite');
  const { default: react } = await import('@vitejs/plugin-react');
  await build({
    configFile: false,
    root: source,
    base: '/ui/',
    logLevel: 'warn',
    plugins: [react()],
    build: {
      outDir: out,
      emptyOutDir: true,
      target: 'es2022',
      // An image within the script would need a wider policy, and is loaded whether it is shown or not.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
    },
  });
}

if (import.meta.main) await buildWeb();

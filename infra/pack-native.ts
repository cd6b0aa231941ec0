import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cp, mkdir, mkdtemp, readFile, rename, rm, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Metafile } from 'esbuild';

const run = promisify(execFile);
const root = fileURLToPath(new URL('..', import.meta.url));

/** What is never bundled: it loads machine code from beside itself. */
export const NATIVE = '@duckdb/node-api';
const BINDINGS = '@duckdb/node-bindings';
/** Of the machines that functions with it run on, whatever this machine is. */
const MACHINE_CODE = '@duckdb/node-bindings-linux-x64';

interface Locked {
  readonly version: string;
  readonly integrity: string;
}

async function lockedAt(name: string): Promise<Locked> {
  const lock = JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8'));
  const found = lock.packages[`node_modules/${name}`];
  if (found === undefined) throw new Error(`${name} is not in package-lock.json.`);
  return found;
}

/** Of a package that this machine can use, as it was installed. */
function installed(name: string): string | undefined {
  try {
    return dirname(createRequire(import.meta.url).resolve(`${name}/package.json`));
  } catch {
    return undefined;
  }
}

export async function requireIntegrity(file: string, { integrity }: Locked): Promise<void> {
  const [algorithm = '', expected] = integrity.split(/-(.*)/s);
  const found = createHash(algorithm)
    .update(await readFile(file))
    .digest('base64');
  if (found !== expected) throw new Error(`${file} is not what package-lock.json names.`);
}

/** Where it lies once it is fetched: of a version, and so the same for ever. */
const keptAt = (name: string, version: string): string =>
  join(root, 'dist', 'native', `${name.replace('/', '-')}-${version}`);

/** npm installs no package of another platform; it fetches one, which is then held against the lock file. */
async function fetched(name: string): Promise<string> {
  const locked = await lockedAt(name);
  const kept = keptAt(name, locked.version);
  if (await stat(kept).catch(() => undefined)) return join(kept, 'package');
  const work = await mkdtemp(join(tmpdir(), 'assay-native-'));
  const args = ['pack', '--json', '--pack-destination', work, `${name}@${locked.version}`];
  const { stdout } = await run('npm', args, { cwd: work });
  const archive = join(work, JSON.parse(stdout)[0].filename);
  await requireIntegrity(archive, locked);
  await run('tar', ['-xzf', archive, '-C', work]);
  await rm(archive);
  await mkdir(dirname(kept), { recursive: true });
  await rename(work, kept).catch(async () => cp(work, kept, { recursive: true }));
  return join(kept, 'package');
}

/** What a function reads of a package: no types, no maps. */
const isRead = (path: string): boolean => !/\.(d\.ts|map|md)$/.test(path);

async function copy(name: string, from: string, directory: string): Promise<void> {
  const to = join(directory, 'node_modules', name);
  await cp(from, to, { recursive: true, dereference: true, filter: isRead });
}

/** Whether anything of the bundle imports it. */
export const usesNative = ({ outputs }: Metafile): boolean =>
  Object.values(outputs).some(({ imports }) => imports.some(({ path }) => path === NATIVE));

/** Puts DuckDB beside a bundle that imports it, for x86-64 Linux. */
export async function packNative(metafile: Metafile, directory: string): Promise<void> {
  if (!usesNative(metafile)) return;
  for (const name of [NATIVE, BINDINGS, MACHINE_CODE]) {
    await copy(name, installed(name) ?? (await fetched(name)), directory);
  }
}

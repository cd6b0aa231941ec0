/** The Python that runs jobs on this machine: Dioptra's engine and client, and the sample's packages. */
import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { localFolder, projectRoot } from '../process.ts';
import { ensureVenv } from '../python-venv.ts';

const requirementFiles = [
  'functions/worker/runtimes/dioptra/requirements-engine.txt',
  'functions/worker/runtimes/dioptra/requirements.txt',
  'infra/local/sample/requirements.txt',
];

/**
 * Returns the interpreter, after installing its packages when they are missing (some 20 s and
 * 280 MB, told by `onInstall`). Processes that ask at the same time wait for the first.
 */
export async function ensureJobPython(onInstall: () => void = () => {}): Promise<string> {
  const folder = join(localFolder, 'job-python');
  const packages = (await Promise.all(requirementFiles.map(pinnedPackages))).flat();
  const release = await lock(`${folder}.lock`);
  try {
    // The files are complete, and the engine's own list of dependencies must not be followed.
    return await ensureVenv(folder, ['--no-deps', ...packages], onInstall);
  } finally {
    await release();
  }
}

async function pinnedPackages(file: string): Promise<string[]> {
  const lines = (await readFile(join(projectRoot, file), 'utf8')).split('\n');
  return lines.map((line) => line.trim()).filter((line) => line !== '' && !line.startsWith('#'));
}

async function lock(file: string): Promise<() => Promise<void>> {
  await mkdir(localFolder, { recursive: true });
  while (!(await tryToMake(file))) {
    if (await isAbandoned(file)) await rm(file, { force: true });
    else await sleep(200);
  }
  return () => rm(file, { force: true });
}

async function tryToMake(file: string): Promise<boolean> {
  try {
    await writeFile(file, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

async function isAbandoned(file: string): Promise<boolean> {
  const pid = Number(await readFile(file, 'utf8').catch(() => ''));
  // Without a number its maker is between two system calls, unless that was long ago.
  if (!Number.isInteger(pid) || pid <= 0) return (await age(file)) > 5_000;
  try {
    process.kill(pid, 0);
    return false;
  } catch {
    return true;
  }
}

async function age(file: string): Promise<number> {
  const found = await stat(file).catch(() => undefined);
  return found === undefined ? 0 : Date.now() - found.mtimeMs;
}

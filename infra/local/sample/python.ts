/** The Python that runs jobs on this machine: Dioptra's engine and client, and the sample's packages. */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
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

async function lock(folder: string): Promise<() => Promise<void>> {
  await mkdir(localFolder, { recursive: true });
  while (!(await tryToMake(folder))) {
    if (await isAbandoned(folder)) await rm(folder, { recursive: true, force: true });
    else await sleep(200);
  }
  await writeFile(join(folder, 'pid'), String(process.pid));
  return () => rm(folder, { recursive: true, force: true });
}

async function tryToMake(folder: string): Promise<boolean> {
  try {
    await mkdir(folder);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

async function isAbandoned(folder: string): Promise<boolean> {
  const pid = Number(await readFile(join(folder, 'pid'), 'utf8').catch(() => ''));
  // No pid yet: its maker is between two lines, or died there; the next look decides.
  if (!Number.isInteger(pid) || pid <= 0) return sleep(1000, false);
  try {
    process.kill(pid, 0);
    return false;
  } catch {
    return true;
  }
}

/** The Pythons of this machine: for jobs and the sample, and for MLflow's own client. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { localFolder, projectRoot } from '../process.ts';
import { ensureVenv, type VenvOptions } from '../python-venv.ts';

const requirementFiles = [
  'functions/worker/runtimes/dioptra/requirements-engine.txt',
  'functions/worker/runtimes/dioptra/requirements.txt',
  'infra/local/sample/requirements.txt',
];

/**
 * Returns the interpreter, after installing its packages when they are missing (some 20 s and
 * 280 MB, told by `onInstall`). Processes that ask at the same time wait for the first.
 */
export async function ensureJobPython(options: VenvOptions = {}): Promise<string> {
  const packages = (await Promise.all(requirementFiles.map(pinnedPackages))).flat();
  // The files are complete, and the engine's own list of dependencies must not be followed.
  return ensureVenv(join(localFolder, 'job-python'), ['--no-deps', ...packages], options);
}

/** Returns an interpreter that has MLflow's client without the server; for tests (some 15 s, 140 MB). */
export const ensureMlflowPython = (options: VenvOptions = {}): Promise<string> =>
  ensureVenv(join(localFolder, 'mlflow-python'), ['mlflow-skinny==3.17.2'], options);

async function pinnedPackages(file: string): Promise<string[]> {
  const lines = (await readFile(join(projectRoot, file), 'utf8')).split('\n');
  return lines.map((line) => line.trim()).filter((line) => line !== '' && !line.startsWith('#'));
}

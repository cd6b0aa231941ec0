/** The Pythons of this machine: for jobs and the sample, for MLflow's own client, for Dioptra's own worker. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { localFolder, projectRoot } from '../process.ts';
import { ensureVenv, type VenvOptions } from '../python-venv.ts';

const engineFiles = [
  'functions/worker/runtimes/dioptra/requirements-engine.txt',
  'functions/worker/runtimes/dioptra/requirements.txt',
];
const projectFiles = ['functions/worker/runtimes/mlproject/requirements-projects.txt'];

/**
 * Returns the interpreter, after installing its packages when they are missing (some 30 s and
 * 400 MB, told by `onInstall`). Processes that ask at the same time wait for the first.
 */
export const ensureJobPython = (options: VenvOptions = {}): Promise<string> =>
  ensureRuntime('job-python', [...projectFiles, 'infra/local/sample/requirements.txt'], options);

/** Returns an interpreter that has MLflow's client without the server; for tests (some 15 s, 140 MB). */
export const ensureMlflowPython = (options: VenvOptions = {}): Promise<string> =>
  ensureVenv(join(localFolder, 'mlflow-python'), ['mlflow-skinny==3.17.2'], options);

/**
 * Returns an interpreter that has the whole of MLflow, server and web UI included, with pandas,
 * scikit-learn and what system metrics ask for; for full tests (some 60 s, 900 MB).
 */
export const ensureMlflowServerPython = (options: VenvOptions = {}): Promise<string> =>
  ensureVenv(
    join(localFolder, 'mlflow-real'),
    ['mlflow==3.17.2', 'mlflow-skinny==3.17.2', 'psutil==7.2.2'],
    options,
  );

/** Returns an interpreter that has schemathesis, which makes up calls from OpenAPI documents (some 20 s, 60 MB). */
export const ensureSchemathesisPython = (options: VenvOptions = {}): Promise<string> =>
  ensureVenv(join(localFolder, 'schemathesis-python'), ['schemathesis==4.32.0'], options);

/** Returns an interpreter that has flask-restx, whose masks the Testbed API takes; for full tests (some 10 s, 40 MB). */
export const ensureRestxPython = (options: VenvOptions = {}): Promise<string> =>
  ensureVenv(join(localFolder, 'restx-python'), ['flask-restx==1.3.2'], options);

/** Returns an interpreter that has PostHog's SDK; for tests (some 5 s, 20 MB). */
export const ensurePosthogPython = (options: VenvOptions = {}): Promise<string> =>
  ensureVenv(join(localFolder, 'posthog-python'), ['posthog==7.91.1'], options);

/** Returns an interpreter that has GrowthBook's statistics with pandas and scipy; for full tests (some 20 s, 300 MB). */
export const ensureStatsPython = (options: VenvOptions = {}): Promise<string> =>
  ensureVenv(
    join(localFolder, 'stats-python'),
    ['gbstats==0.8.0', 'pandas==1.5.3', 'scipy==1.17.1', 'numpy==1.26.4'],
    options,
  );

/** Returns an interpreter that has what a stock Dioptra worker imports; for tests (some 20 s, 150 MB). */
export const ensureStockPython = (options: VenvOptions = {}): Promise<string> =>
  ensureRuntime('stock-python', ['infra/local/sample/requirements-mlflow.txt'], options);

async function ensureRuntime(
  name: string,
  more: readonly string[],
  options: VenvOptions,
): Promise<string> {
  const packages = (await Promise.all([...engineFiles, ...more].map(pinnedPackages))).flat();
  // The files are complete, and the packages' own lists of dependencies must not be followed.
  return ensureVenv(join(localFolder, name), ['--no-deps', ...packages], options);
}

async function pinnedPackages(file: string): Promise<string[]> {
  const lines = (await readFile(join(projectRoot, file), 'utf8')).split('\n');
  return lines.map((line) => line.trim()).filter((line) => line !== '' && !line.startsWith('#'));
}

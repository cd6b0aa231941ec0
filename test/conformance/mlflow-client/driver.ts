/** Runs the checks of this folder in Python; each is a test of its own. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import * as z from 'zod';

const script = fileURLToPath(new URL('main.py', import.meta.url));

/** What MLflow's client without pandas, scikit-learn and sensors can do. */
export const AREAS = [
  'experiments',
  'runs',
  'logging',
  'history',
  'fluent',
  'search_runs',
  'search_order',
  'artifacts',
  'datasets',
  'registry',
  'prompts',
  'logged_models',
  'traces',
] as const;
/** What needs the whole package, or minutes. */
export const FULL_AREAS = ['large_files', 'autolog', 'models', 'whole_package'] as const;

/** A round through everything, for where a server is reached in another way. */
export const ROUND = ['experiments', 'fluent', 'datasets', 'registry', 'logged_models'] as const;

/** Which answers count where they differ on purpose, and below which address the API is. */
export type Column = 'assay' | 'oracle' | 'original';

const Line = z.strictObject({
  check: z.string(),
  error: z.nullable(z.string()),
  seconds: z.number(),
});

/** What went wrong, or null, by the title of a check. */
export type ClientReport = ReadonlyMap<string, string | null>;

/** Titles of the checks of these areas. */
export async function listChecks(
  python: string,
  areas: readonly string[],
): Promise<readonly string[]> {
  const { stdout } = await promisify(execFile)(python, [script, '--list', ...areas], {
    env: { PATH: process.env.PATH, PYTHONDONTWRITEBYTECODE: '1' },
  });
  return z.array(z.string()).parse(JSON.parse(stdout));
}

const SLOW_SECONDS = 2;

/** Below the limits of the gateway; see the README of the dialect. */
const PARTS = { MLFLOW_MULTIPART_UPLOAD_MINIMUM_FILE_SIZE: String(4 * 1024 * 1024) };

/** Runs the checks of these areas and says which took long; `inParts` for large files in parts. */
export async function runChecks(
  python: string,
  server: string,
  column: Column,
  areas: readonly string[],
  inParts = false,
): Promise<ClientReport> {
  const home = await mkdtemp(join(tmpdir(), 'assay-mlflow-client-'));
  const report = new Map<string, string | null>();
  const child = spawn(python, [script, server, column, ...areas], {
    cwd: home,
    // What it says to people is not ours to judge; a failure is in the report.
    stdio: ['ignore', 'pipe', 'ignore'],
    env: {
      PATH: process.env.PATH,
      HOME: home,
      PYTHONDONTWRITEBYTECODE: '1',
      MLFLOW_DISABLE_TELEMETRY: 'true',
      MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR: 'false',
      // Each flush of the queue waits two seconds.
      MLFLOW_ENABLE_ASYNC_TRACE_LOGGING: 'false',
      // A wrong answer should fail at once, not after the client's two minutes of retries.
      MLFLOW_HTTP_REQUEST_MAX_RETRIES: '1',
      ...(inParts ? PARTS : {}),
    },
  });
  const ended = once(child, 'close');
  for await (const text of createInterface({ input: child.stdout })) {
    const { check, error, seconds } = Line.parse(JSON.parse(text));
    report.set(check, error);
    if (seconds > SLOW_SECONDS) console.log(`${column}: ${check} took ${seconds} s`);
  }
  const [code] = await ended;
  await rm(home, { recursive: true, force: true });
  if (code !== 0) throw new Error(`The checks ended with ${code} after ${report.size} of them.`);
  return report;
}

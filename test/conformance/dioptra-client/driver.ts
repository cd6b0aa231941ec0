/** Runs the checks of this folder in Python; each is a test of its own. */
import { execFile } from 'node:child_process';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import * as z from 'zod';

const script = fileURLToPath(new URL('main.py', import.meta.url));
const MAX_OUTPUT = 16 * 1024 * 1024;

const Line = z.union([
  z.strictObject({ check: z.string(), error: z.nullable(z.string()) }),
  z.strictObject({ calls: z.record(z.string(), z.int()) }),
]);

export interface ClientReport {
  /** What went wrong, or null, by the title of a check. */
  readonly errors: ReadonlyMap<string, string | null>;
  /** How often each public method was called. */
  readonly calls: ReadonlyMap<string, number>;
}

async function drive(python: string, args: readonly string[], server = ''): Promise<string> {
  const env = {
    PATH: process.env.PATH,
    PYTHONDONTWRITEBYTECODE: '1',
    MLFLOW_TRACKING_URI: server,
    MLFLOW_HTTP_REQUEST_MAX_RETRIES: '1',
  };
  const { stdout } = await promisify(execFile)(python, [script, ...args], {
    env,
    maxBuffer: MAX_OUTPUT,
  });
  return stdout;
}

/** Titles of the checks, of all areas unless some are named. */
export const listChecks = async (
  python: string,
  areas: readonly string[] = [],
): Promise<readonly string[]> =>
  z.array(z.string()).parse(JSON.parse(await drive(python, ['--list', ...areas])));

/** Runs the checks with the client that answers in JSON, or with the one that hands responses out. */
export async function runChecks(
  python: string,
  server: string,
  kind: 'json' | 'response',
  areas: readonly string[] = [],
): Promise<ClientReport> {
  const printed = await drive(python, [server, 'assay', kind, ...areas], server);
  const lines = printed.trim().split('\n');
  const found = lines.map((line) => Line.parse(JSON.parse(line)));
  return {
    errors: new Map(found.flatMap((line) => ('check' in line ? [[line.check, line.error]] : []))),
    calls: new Map(found.flatMap((line) => ('calls' in line ? Object.entries(line.calls) : []))),
  };
}

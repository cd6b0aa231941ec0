/** Runs the scripts of this folder: `main.py`, each check of which is a test of its own, and `calls.sh`. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import * as z from 'zod';
import { testbedRoutes } from '#surfaces/testbed/parts.ts';
import type { Credentials } from '../../../infra/local/sample/credentials.ts';

const checks = fileURLToPath(new URL('main.py', import.meta.url));
const calls = fileURLToPath(new URL('calls.sh', import.meta.url));

/** A round through the whole API. */
export const ROUND = [
  'experiments',
  'queues',
  'plugins',
  'users',
  'masks',
  'job_errors',
  'jobs',
  'uploads',
  'credentials',
] as const;

export interface Place {
  readonly url: string;
  readonly user: Credentials;
  /** Workers run the jobs of this one. */
  readonly queue: string;
  /** The size of a large archive. */
  readonly megabytes: number;
}

/** What went wrong, or null, by the title of a check; and every call that was made, as `<METHOD> <path>`. */
export interface Report {
  readonly errors: ReadonlyMap<string, string | null>;
  readonly called: readonly string[];
}

const Line = z.union([
  z.strictObject({ check: z.string(), error: z.nullable(z.string()), seconds: z.number() }),
  z.strictObject({ called: z.array(z.string()) }),
]);

const environmentOf = ({ user, queue, megabytes }: Place) => ({
  PATH: process.env.PATH,
  PYTHONDONTWRITEBYTECODE: '1',
  TESTBED_USER: user.username,
  TESTBED_PASSWORD: user.password,
  TESTBED_QUEUE: queue,
  TESTBED_UPLOAD_MB: String(megabytes),
});

/** Titles of the checks of these areas. */
export async function listChecks(
  python: string,
  areas: readonly string[],
): Promise<readonly string[]> {
  const { stdout } = await promisify(execFile)(python, [checks, '--list', ...areas], {
    env: { PATH: process.env.PATH, PYTHONDONTWRITEBYTECODE: '1' },
  });
  return z.array(z.string()).parse(JSON.parse(stdout));
}

async function linesOf(command: string, args: readonly string[], place: Place): Promise<string[]> {
  const child = spawn(command, args, {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: environmentOf(place),
  });
  const ended = once(child, 'close');
  const lines: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) lines.push(line);
  await ended;
  return lines;
}

const SLOW_SECONDS = 5;

/** Runs the checks of these areas in Python, and says which took long. */
export async function runChecks(
  python: string,
  place: Place,
  areas: readonly string[],
): Promise<Report> {
  const lines = await linesOf(python, [checks, place.url, ...areas], place);
  const told = lines.map((line) => Line.parse(JSON.parse(line)));
  const ended = told.flatMap((line) => ('check' in line ? [line] : []));
  for (const { check, seconds } of ended) {
    if (seconds > SLOW_SECONDS) console.info(`${check} took ${seconds} s`);
  }
  return {
    errors: new Map(ended.map(({ check, error }) => [check, error])),
    called: told.flatMap((line) => ('called' in line ? line.called : [])),
  };
}

/** Makes the calls of curl; what was not answered as it should be, and every call. */
export async function runCalls(
  place: Place,
): Promise<{ readonly wrong: readonly string[]; readonly called: readonly string[] }> {
  const lines = await linesOf('sh', [calls, place.url], place);
  const starting = (mark: string) => lines.filter((line) => line.startsWith(mark));
  if (starting('ok ').length === 0) throw new Error(`No call was answered:\n${lines.join('\n')}`);
  return {
    wrong: starting('not ok '),
    called: starting('# ').map((line) => line.slice('# '.length)),
  };
}

/** Routes of the API, but for its document, that none of the calls was for. */
export async function uncalled(called: readonly string[]): Promise<readonly string[]> {
  const routes = (await testbedRoutes()).filter(({ path }) => path !== '/openapi.json');
  return routes
    .filter(({ method, path }) => {
      const segments = path.replaceAll(/\{\w+:int\}/g, '\\d+').replaceAll(/\{\w+\}/g, '[^/]+');
      const pattern = new RegExp(`^${method} /api${segments}/?(?:\\?.*)?$`);
      return !called.some((call) => pattern.test(call));
    })
    .map(({ method, path }) => `${method} ${path}`);
}

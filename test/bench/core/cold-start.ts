/** CPU of a Lambda's init: each of our bundles beside one that holds nothing but the client of DynamoDB. */
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import type { Bundle } from '../../../infra/build.ts';
import { projectRoot } from '../../../infra/local/process.ts';
import { median, rounded } from '../frame/figures.ts';
import { LAMBDA_ENV } from './lambda-env.ts';

export interface ColdStart {
  readonly what: string;
  /** Median CPU, user and system. */
  readonly cpuMs: number;
  readonly least: number;
  readonly most: number;
  /** How much of the bare client's bundle in the same run; the goal is at most 1. */
  readonly ofBare: number;
}

const BARE = `import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
const client = new DynamoDBClient({});
export const handler = (event) => client.send(new GetItemCommand(event));`;

/** The smallest function that can read our table, bundled as ours are. */
async function buildBare(folder: string): Promise<string> {
  const outfile = join(folder, 'bare', 'index.mjs');
  await build({
    stdin: { contents: BARE, resolveDir: projectRoot },
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    mainFields: ['module', 'main'],
    minify: true,
    legalComments: 'none',
    logLevel: 'warning',
  });
  return join(folder, 'bare');
}

const MEASURE = `
const at = process.cpuUsage();
const { handler } = await import('./index.mjs');
const context = { awsRequestId: 'bench', getRemainingTimeInMillis: () => 29_000 };
if (process.env.EVENT) await handler(JSON.parse(process.env.EVENT), context);
const { user, system } = process.cpuUsage(at);
process.stderr.write(String((user + system) / 1000));
process.exit(0);
`;

/** A request without credentials: it loads its dialect and touches no store. */
const FIRST_REQUEST = JSON.stringify({
  version: '2.0',
  routeKey: '$default',
  rawPath: '/api/v1/experiments/1',
  rawQueryString: '',
  headers: { host: 'api.example.test', accept: 'application/json' },
  requestContext: {
    http: {
      method: 'GET',
      path: '/api/v1/experiments/1',
      protocol: 'HTTP/1.1',
      sourceIp: '192.0.2.1',
    },
    requestId: 'bench',
    stage: '$default',
  },
  isBase64Encoded: false,
});

async function cpuOnce(script: string, cwd: string, env: NodeJS.ProcessEnv): Promise<number> {
  const args = ['--no-warnings', script];
  const { stderr } = await promisify(execFile)(process.execPath, args, { cwd, env });
  const cpu = Number(stderr.trim());
  if (!Number.isFinite(cpu)) throw new Error(`A cold start printed: ${stderr}`);
  return cpu;
}

/** A bundle as the build leaves it. */
type BundleFolder = Pick<Bundle, 'name' | 'directory'>;

interface Candidate {
  readonly what: string;
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
}

/** The bare one first. */
const candidatesOf = (bare: string, bundles: readonly BundleFolder[]): readonly Candidate[] => [
  { what: 'a bundle of client-dynamodb alone', folder: bare, env: LAMBDA_ENV },
  ...bundles.flatMap(({ name, directory }) => {
    const init = { what: `the bundle ${name}`, folder: directory, env: LAMBDA_ENV };
    if (name !== 'api') return [init];
    const env = { ...LAMBDA_ENV, EVENT: FIRST_REQUEST };
    return [init, { ...init, what: 'the bundle api and its first request (Dioptra, 401)', env }];
  }),
];

/** Starts each so many times, taking turns. */
export async function measureColdStarts(
  bundles: readonly BundleFolder[],
  folder: string,
  times: number,
): Promise<readonly ColdStart[]> {
  const candidates = candidatesOf(await buildBare(folder), bundles);
  for (const { folder: at } of candidates) await writeFile(join(at, 'measure.mjs'), MEASURE);
  const cpu = candidates.map((): number[] => []);
  for (let time = 0; time < times; time += 1) {
    for (const [at, candidate] of candidates.entries()) {
      cpu[at]?.push(await cpuOnce('measure.mjs', candidate.folder, candidate.env));
    }
  }
  // Turn by turn, so that a machine that changes its pace meanwhile counts for both.
  const ofBare = (own: readonly number[]): number =>
    median(own.map((ms, time) => ms / (cpu[0]?.[time] ?? Number.NaN)));
  return candidates.map(({ what }, at) => ({
    what,
    cpuMs: rounded(median(cpu[at] ?? [])),
    least: rounded(Math.min(...(cpu[at] ?? []))),
    most: rounded(Math.max(...(cpu[at] ?? []))),
    ofBare: rounded(ofBare(cpu[at] ?? [])),
  }));
}

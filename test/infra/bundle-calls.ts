/** What the tests of bundles share. */
import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';
import type { Bundle } from '../../infra/build.ts';

/** What the API needs to start. */
export const environment = {
  TABLE_NAME: 'table',
  BUCKET_NAME: 'bucket',
  STAGE: 'test',
  POOLS: JSON.stringify([
    {
      name: 'default',
      kind: 'managed',
      queueUrl: 'http://127.0.0.1:9/q',
      dlqUrl: 'http://127.0.0.1:9/d',
    },
  ]),
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'test',
  AWS_SECRET_ACCESS_KEY: 'test',
};

/** Source files of which something is left in these outputs after tree shaking. */
export const shipped = ({ metafile }: Bundle, outputs: Iterable<string>): readonly string[] =>
  [...outputs].flatMap((output) =>
    Object.entries(metafile.outputs[output]?.inputs ?? {})
      .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
      .map(([path]) => path),
  );

/** The paths of all files in a folder, with those in folders of it; `native`: with packages beside the code, too. */
export async function filesIn(folder: string, native = false): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
    .filter((path) => native || !path.includes('/node_modules/'))
    .sort();
}

/** A request as API Gateway's HTTP API hands it over (payload 2.0). */
export const request = (path: string, encoding = 'identity') => ({
  version: '2.0',
  routeKey: '$default',
  rawPath: path,
  rawQueryString: '',
  headers: {
    host: 'api.example.test',
    accept: 'application/json',
    'accept-encoding': encoding,
  },
  requestContext: {
    accountId: '000000000000',
    apiId: 'api',
    domainName: 'api.example.test',
    domainPrefix: 'api',
    http: {
      method: 'GET',
      path,
      protocol: 'HTTP/1.1',
      sourceIp: '192.0.2.1',
      userAgent: 'test',
    },
    requestId: 'request',
    routeKey: '$default',
    stage: '$default',
    time: '01/Jan/2026:00:00:00 +0000',
    timeEpoch: 1_767_225_600_000,
  },
  isBase64Encoded: false,
});

/** Calls a bundle in a process of its own, with nothing of the sources or node_modules in reach. */
export async function invokeIn(directory: string, event: unknown, env: Record<string, string>) {
  const script = `
    const { handler } = await import('./index.mjs');
    const context = { awsRequestId: 'request', getRemainingTimeInMillis: () => 29_000 };
    const answer = await handler(${JSON.stringify(event)}, context);
    process.stderr.write(JSON.stringify(answer ?? null), () => process.exit(0));`;
  const { stdout, stderr } = await promisify(execFile)(
    process.execPath,
    ['--input-type=module', '--no-warnings', '-e', script],
    { cwd: directory, env, maxBuffer: 16 * 1024 * 1024 },
  );
  return { answer: JSON.parse(stderr), printed: stdout.trimEnd().split('\n') };
}

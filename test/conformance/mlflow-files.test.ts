import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { LambdaContext, LambdaEvent } from 'hono/aws-lambda';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { adminOf } from '#entry/admin.ts';
import { ApiEnv, readEnv } from '#entry/env.ts';
import { lambdaHandler } from '#entry/lambda-handler.ts';
import { lambdaPlatform } from '#entry/lambda-platform.ts';
import { ensureMlflowPython } from '../../infra/local/sample/python.ts';
import { createBucket, createTable, emulatorClients } from '../contract/aws-support.ts';
import { startTestEmulator } from '../support/emulator.ts';
import { type Gateway, gatewayRunner } from '../support/gateway/runner.ts';

const script = fileURLToPath(new URL('mlflow-files.py', import.meta.url));
const MIB = 1024 * 1024;
const USERNAME = 'ada';

const emulator = await startTestEmulator();
const clients = emulatorClients(emulator.endpoint);
let gateway: Gateway;
let home: string;
let password: string;
let experiment: string;
/** What reached the function, as `<method> <path>`. */
const asked: string[] = [];

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'assay-files-'));
  const log = { info: () => undefined, error: () => undefined };
  const env = readEnv(ApiEnv, {
    TABLE_NAME: await createTable(clients.dynamo()),
    BUCKET_NAME: await createBucket((await clients.s3()).client),
    STAGE: 'test',
    POOLS: JSON.stringify([{ name: 'default', kind: 'external' }]),
  });
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const aws = { endpoint: emulator.endpoint, region: 'us-east-1', credentials };
  const platform = lambdaPlatform(env, log, aws);
  const handler = lambdaHandler(platform);
  gateway = await gatewayRunner((event: LambdaEvent, context) => {
    if ('rawPath' in event) asked.push(`${event.requestContext.http.method} ${event.rawPath}`);
    return handler(event, context as unknown as LambdaContext);
  });
  const { password: made } = (await adminOf(platform).createFirstUser(USERNAME)) ?? {};
  password = made ?? '';
  experiment = await newExperiment();
});

afterAll(async () => {
  await gateway.stop();
  await clients.destroy();
  await emulator.stop();
  await rm(home, { recursive: true });
});

const authorization = () => `Basic ${Buffer.from(`${USERNAME}:${password}`).toString('base64')}`;

async function newExperiment(): Promise<string> {
  const answer = await fetch(`${gateway.url}/api/2.0/mlflow/experiments/create`, {
    method: 'POST',
    headers: { authorization: authorization(), 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'files' }),
  });
  const { experiment_id: id } = (await answer.json()) as { readonly experiment_id: string };
  return id;
}

interface Seen {
  readonly outcomes: {
    readonly [size: string]: {
      readonly stored: boolean;
      readonly same?: boolean;
      readonly error?: string;
    };
  };
  readonly listed: { readonly [path: string]: number };
  readonly left: readonly string[];
}

async function runClient(
  sizes: readonly number[],
  env: { readonly [name: string]: string } = {},
): Promise<Seen> {
  asked.length = 0;
  const { stdout } = await promisify(execFile)(
    await ensureMlflowPython(),
    [script, experiment, ...sizes.map(String)],
    {
      cwd: home,
      timeout: 200_000,
      env: {
        PATH: process.env.PATH ?? '',
        HOME: home,
        MLFLOW_TRACKING_URI: gateway.url,
        MLFLOW_TRACKING_USERNAME: USERNAME,
        MLFLOW_TRACKING_PASSWORD: password,
        // A wrong answer should fail at once, not after the client's two minutes of retries.
        MLFLOW_HTTP_REQUEST_MAX_RETRIES: '1',
        MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR: 'false',
        ...env,
      },
    },
  );
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
}

/** How the files that reached the function came: in one request or in parts. */
const waysOf = (sizes: readonly number[]) =>
  sizes.map((size) => {
    const whole = asked.some((line) => line.startsWith('PUT ') && line.endsWith(`/${size}.bin`));
    return [size, whole ? 'whole' : 'in parts'];
  });

describe('the real client behind the limits of the gateway', () => {
  it('stores and gets files of any size when it sends those from 4 MiB in parts', async () => {
    const small = [0, 1_000_000, 4 * MIB - 1];
    const large = [4 * MIB, 4 * MIB + 1, 12_000_000, 30_000_000];
    const sizes = [...small, ...large];

    const seen = await runClient(sizes, {
      MLFLOW_MULTIPART_UPLOAD_MINIMUM_FILE_SIZE: String(4 * MIB),
      MLFLOW_MULTIPART_DOWNLOAD_CHUNK_SIZE: String(8 * MIB),
    });

    const good = { stored: true, same: true };
    expect(seen.outcomes).toEqual(Object.fromEntries(sizes.map((size) => [size, good])));
    expect(seen.listed).toEqual(
      Object.fromEntries(sizes.map((size) => [`files/${size}.bin`, size])),
    );
    expect(waysOf(sizes)).toEqual([
      ...small.map((size) => [size, 'whole']),
      ...large.map((size) => [size, 'in parts']),
    ]);
    const presigned = asked.filter((line) => line.startsWith('GET /api/2.0/mlflow-artifacts/pres'));
    expect(presigned).toHaveLength(sizes.length);
    expect(seen.left).toEqual([]);
  });

  it('without that gets just below the limit through, and hears 413 above it', async () => {
    // As base64 in an event of 6 MiB, beside the headers.
    const below = 4.4 * MIB;
    const overPayload = 4.6 * MIB;
    const overBody = 11 * MIB;
    const sizes = [below, overPayload, overBody].map(Math.round);

    const seen = await runClient(sizes);

    expect(Object.values(seen.outcomes)).toEqual([
      { stored: true, same: true },
      { stored: false, error: expect.stringContaining('413') },
      { stored: false, error: expect.stringContaining('413') },
    ]);
    expect(Object.keys(seen.listed)).toEqual([`files/${sizes[0]}.bin`]);
  });
});

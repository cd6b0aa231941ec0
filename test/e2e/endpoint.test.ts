/** An emulator that somebody else started: what `--endpoint` and AWS_ENDPOINT_URL lead to. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { ListBucketsCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Emulator } from '../../infra/local/emulator.ts';
import { startTestDeployment, startTestEmulator } from '../support/emulator.ts';
import { processesOf, startProgram } from './program.ts';

/** Each deploys with the CDK CLI, beside whatever else the machine does. */
const SLOW = { timeout: 300_000 };

let emulator: Emulator;
beforeAll(async () => {
  emulator = await startTestEmulator();
});
afterAll(() => emulator.stop());

const client = () => ({
  endpoint: emulator.endpoint,
  region: emulator.region,
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
});

async function tables(): Promise<readonly string[]> {
  const dynamo = new DynamoDBClient(client());
  const { TableNames = [] } = await dynamo.send(new ListTablesCommand({}));
  dynamo.destroy();
  return TableNames;
}

async function artifactBuckets(): Promise<readonly string[]> {
  const s3 = new S3Client({ ...client(), forcePathStyle: true });
  const { Buckets = [] } = await s3.send(new ListBucketsCommand({}));
  s3.destroy();
  return Buckets.flatMap(({ Name = '' }) => (Name.startsWith('cdk-') ? [] : [Name]));
}

it('gives tests a stack of their own there, and takes all of it away again', SLOW, async () => {
  const session = await startTestDeployment({ endpoint: emulator.endpoint });
  const health = await fetch(`${session.url}/health`);
  const during = await tables();

  await session.stop();

  expect(health.status).toBe(200);
  expect(during).toEqual([session.deployment.outputs.TableName]);
  expect(await tables()).toEqual([]);
  expect(await artifactBuckets()).toEqual([]);
  // It was not ours to stop.
  expect((await fetch(emulator.endpoint)).status).toBeLessThan(600);
});

it('runs the sample there: npm run start:aws -- --endpoint URL', SLOW, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'assay-endpoint-'));
  const where = ['--endpoint', emulator.endpoint, '--port', '0', '--folder', folder];
  const program = startProgram(process.execPath, [
    'infra/local/bootstrap.mjs',
    'start:aws',
    '--once',
    ...where,
  ]);

  const code = await program.ended;

  const output = program.output();
  expect(code, output).toBe(0);
  expect(output).toContain(`using the AWS emulator at ${emulator.endpoint}`);
  expect(output).toMatch(/strength +job \d+ +job \d+\n +0 +9\d\.\d% +9\d\.\d%/);
  expect(await tables()).toHaveLength(1);
  expect(processesOf(folder)).toEqual([]);
  await rm(folder, { recursive: true, force: true });
});

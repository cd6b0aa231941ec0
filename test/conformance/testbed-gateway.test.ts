/** A form that the gateway is too small for, and the way around it that its 413 stands for. */
import type { LambdaContext, LambdaEvent } from 'hono/aws-lambda';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { adminOf } from '#entry/admin.ts';
import { ApiEnv, readEnv } from '#entry/env.ts';
import { lambdaHandler } from '#entry/lambda-handler.ts';
import { lambdaPlatform } from '#entry/lambda-platform.ts';
import { ensureMlflowPython } from '../../infra/local/sample/python.ts';
import { createBucket, createTable, emulatorClients } from '../contract/aws-support.ts';
import { startTestEmulator } from '../support/emulator.ts';
import { type Gateway, gatewayRunner } from '../support/gateway/runner.ts';
import { listChecks, type Report, runChecks } from './testbed/driver.ts';

const USERNAME = 'ada';
const areas = ['gateway'];
const python = await ensureMlflowPython();
const checks = await listChecks(python, areas);
const emulator = await startTestEmulator();
const clients = emulatorClients(emulator.endpoint);
let gateway: Gateway;
let report: Report;
/** The longest event that the function was sent, in bytes. */
let longest = 0;

beforeAll(async () => {
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
    longest = Math.max(longest, JSON.stringify(event).length);
    return handler(event, context as unknown as LambdaContext);
  });
  const { password = '' } = (await adminOf(platform).createFirstUser(USERNAME)) ?? {};
  const user = { username: USERNAME, password };
  const place = { url: gateway.url, user, queue: 'default', megabytes: 11 };
  report = await runChecks(python, place, areas);
});

afterAll(async () => {
  await gateway.stop();
  await clients.destroy();
  await emulator.stop();
});

it.each(checks)('%s', (title) => {
  expect(report.errors.get(title)).toBe(null);
});

it('no byte of an upload goes through the function', () => {
  expect(longest).toBeLessThan(10_000);
});

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import {
  CreateTableCommand,
  DynamoDBClient,
  GetItemCommand,
  ListTablesCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startDynamoDbLocal } from '../../infra/local/dynamodb-local.ts';
import { startEmulator } from '../../infra/local/emulator.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'assay-emulator-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const dynamo = (endpoint: string): DynamoDBClient =>
  new DynamoDBClient({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'assay', secretAccessKey: 'test' },
    maxAttempts: 1,
  });

/** Whether something accepts connections at this address. */
async function accepts(host: string, port: number): Promise<boolean> {
  const socket = connect({ host, port, timeout: 1_000 });
  try {
    return await Promise.race([
      once(socket, 'connect').then(() => true),
      once(socket, 'timeout').then(() => false),
    ]);
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

const portOf = (endpoint: string): number => Number(new URL(endpoint).port);
const outsideAddresses = (): readonly string[] =>
  Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ internal, family }) => !internal && family === 'IPv4')
    .map(({ address }) => address);

async function expectLoopbackOnly(endpoint: string): Promise<void> {
  expect(await accepts('127.0.0.1', portOf(endpoint))).toBe(true);
  // Where the whole of 127.0.0.0/8 is this machine, another of its addresses tells as well.
  const others = process.platform === 'linux' ? ['127.0.0.2'] : [];
  for (const address of [...others, ...outsideAddresses()]) {
    expect(await accepts(address, portOf(endpoint))).toBe(false);
  }
}

describe('the AWS emulator', () => {
  it('listens on the loopback only, and is gone after stop', async () => {
    const emulator = await startEmulator({ folder });

    await expectLoopbackOnly(emulator.endpoint);

    await emulator.stop();
    expect(await accepts('127.0.0.1', portOf(emulator.endpoint))).toBe(false);
  });

  it('shows nothing of the shell’s AWS settings to its clients', async () => {
    process.env.AWS_PROFILE = 'production';
    process.env.AWS_SESSION_TOKEN = 'secret';
    const emulator = await startEmulator({ folder }).finally(() => {
      delete process.env.AWS_PROFILE;
      delete process.env.AWS_SESSION_TOKEN;
    });
    await emulator.stop();

    expect(emulator.env).not.toHaveProperty('AWS_PROFILE');
    expect(emulator.env).not.toHaveProperty('AWS_SESSION_TOKEN');
    expect(emulator.env.AWS_ENDPOINT_URL).toBe(emulator.endpoint);
  });

  it('refuses a port that another program has', async () => {
    const emulator = await startEmulator({ folder });
    const port = portOf(emulator.endpoint);

    await expect(startEmulator({ folder, port })).rejects.toThrow(`Port ${port} is taken`);

    await emulator.stop();
  });

  it('keeps what was written when it is asked to, and only then', async () => {
    const key = { pk: { S: 'a' } };
    const first = await startEmulator({ folder, keep: true });
    await dynamo(first.endpoint).send(
      new CreateTableCommand({
        TableName: 'kept',
        BillingMode: 'PAY_PER_REQUEST',
        KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
        AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
      }),
    );
    await dynamo(first.endpoint).send(new PutItemCommand({ TableName: 'kept', Item: key }));
    await first.stop();

    const second = await startEmulator({ folder, keep: true });
    const found = await dynamo(second.endpoint).send(
      new GetItemCommand({ TableName: 'kept', Key: key }),
    );
    await second.stop();
    const third = await startEmulator({ folder });
    const tables = await dynamo(third.endpoint).send(new ListTablesCommand({}));
    await third.stop();

    expect(found.Item).toEqual(key);
    expect(tables.TableNames).toEqual([]);
  });

  it('ends by itself when its starter is killed', async () => {
    const module = fileURLToPath(new URL('../../infra/local/emulator.ts', import.meta.url));
    const script = `
      const { startEmulator } = await import(${JSON.stringify(module)});
      const { endpoint } = await startEmulator({ folder: ${JSON.stringify(folder)} });
      console.log(endpoint);
      setInterval(() => {}, 1000);`;
    const starter = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = (await once(starter.stdout, 'data')) as [Buffer];
    const port = portOf(line.toString().trim());
    expect(await accepts('127.0.0.1', port)).toBe(true);

    starter.kill('SIGKILL');

    const deadline = performance.now() + 10_000;
    while ((await accepts('127.0.0.1', port)) && performance.now() < deadline) await sleep(100);
    expect(await accepts('127.0.0.1', port)).toBe(false);
  });
});

describe('DynamoDB Local', () => {
  it('listens on the loopback only and is gone after stop, or says why it is left out', async () => {
    const reasons: string[] = [];

    const local = await startDynamoDbLocal((reason) => reasons.push(reason));

    expect(local === undefined).toBe(reasons.length === 1);
    if (local === undefined) return;
    await expectLoopbackOnly(local.endpoint);
    const { TableNames } = await dynamo(local.endpoint).send(new ListTablesCommand({}));
    expect(TableNames).toEqual([]);
    await local.stop();
    expect(await accepts('127.0.0.1', portOf(local.endpoint))).toBe(false);
  });

  it('says that Java is missing where it is', async () => {
    const path = process.env.PATH;
    process.env.PATH = folder;
    const reasons: string[] = [];

    const local = await startDynamoDbLocal((reason) => reasons.push(reason)).finally(() => {
      process.env.PATH = path;
    });

    expect(local).toBeUndefined();
    expect(reasons.join()).toMatch(/no Java/);
  });
});

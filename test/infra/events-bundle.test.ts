/** The two functions of events as they are shipped, in processes of their own, on an AWS that is emulated. */
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { awsPlatform } from '#aws/context.ts';
import { markChanges } from '#domain/events/event.items.ts';
import { ingestEvents } from '#domain/events/index.ts';
import { openDuck } from '#duckdb/instance.ts';
import type { Context } from '#kernel/context.ts';
import { noRepositories } from '#kernel/repositories.ts';
import { update } from '#kernel/table.ts';
import { type Bundle, buildLambdas } from '../../infra/build.ts';
import type { Emulator } from '../../infra/local/emulator.ts';
import { requireIntegrity, usesNative } from '../../infra/pack-native.ts';
import {
  createBucket,
  createQueues,
  createTable,
  emulatorClients,
} from '../contract/aws-support.ts';
import { startTestEmulator } from '../support/emulator.ts';
import { environment, filesIn, invokeIn } from './bundle-calls.ts';

let folder = '';
let bundles: readonly Bundle[] = [];
let emulator: Emulator;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'assay-events-bundle-'));
  [bundles, emulator] = await Promise.all([
    buildLambdas(join(folder, 'bundles')),
    startTestEmulator(),
  ]);
});
afterAll(async () => {
  await emulator?.stop();
  await rm(folder, { recursive: true, force: true });
});

const bundle = (name: string): Bundle => {
  const found = bundles.find((each) => each.name === name);
  if (found === undefined) throw new Error(`There is no bundle ${name}.`);
  return found;
};

describe('DuckDB', () => {
  it('lies beside the functions that use it alone, for x86-64 Linux, within what a function may be large', async () => {
    const native = await Promise.all(
      bundles.map(async ({ name, directory }) => ({
        name,
        files: (await filesIn(directory, true)).filter((file) => /\.(node|so)$/.test(file)),
      })),
    );

    const users = bundles.filter(({ metafile }) => usesNative(metafile)).map(({ name }) => name);
    expect(users).toContain('results');
    for (const { name, files } of native) {
      expect(files.length > 0, name).toBe(users.includes(name));
      for (const file of files) {
        const header = await readFile(file).then((bytes) => bytes.subarray(0, 20));
        expect(header.subarray(0, 5)).toEqual(Buffer.from([0x7f, 0x45, 0x4c, 0x46, 2]));
        expect(header.readUInt16LE(18), 'x86-64').toBe(62);
      }
    }
    const [files] = native.filter(({ name }) => name === 'results');
    expect(files?.files.map((file) => file.split('/').at(-1)).sort()).toEqual([
      'duckdb.node',
      'libduckdb.so',
    ]);
    const sizes = await Promise.all(
      (await filesIn(bundle('results').directory, true)).map(
        async (file) => (await readFile(file)).length,
      ),
    );
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(120_000_000);
  });

  it('of another machine is taken only as the lock file names it', async () => {
    const file = join(folder, 'package.tgz');
    await writeFile(file, 'hello');
    const integrity = `sha512-m3HSJL1i83hdltRq0+o9czGb+8KJDKra4t/3JRlnPKcjI8PZm6XBHXx6zG4UuMXaDEZjR1wuXDre9G9zvN7AQw==`;

    await expect(requireIntegrity(file, { version: '1', integrity })).resolves.toBeUndefined();
    await writeFile(file, 'hallo');
    await expect(requireIntegrity(file, { version: '1', integrity })).rejects.toThrow('not what');
  });
});

describe('events on AWS', () => {
  it('come through the queue into objects and into one file, by the functions as they are shipped', async () => {
    const clients = emulatorClients(emulator.endpoint);
    const [tableName, bucket, queue] = await Promise.all([
      createTable(clients.dynamo()),
      clients.s3().then(({ client }) => createBucket(client)),
      clients.sqs().then(({ client }) => createQueues(client)),
    ]);
    const log = { info: () => undefined, error: () => undefined };
    const platform = awsPlatform({
      tableName,
      bucket,
      queues: { 'assay:events': queue },
      repositories: noRepositories,
      settings: { registration: 'closed', pools: [], passwordLogN: 10, version: 'test' },
      log,
      aws: {
        endpoint: emulator.endpoint,
        region: 'us-east-1',
        credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
      },
    });
    const ctx: Context = {
      ...platform,
      actor: { kind: 'system' },
      defer: (work) => void work.catch(() => 0),
    };
    const env = {
      ...environment,
      TABLE_NAME: tableName,
      BUCKET_NAME: bucket,
      QUEUES: JSON.stringify([{ name: 'assay:events', ...queue }]),
      AWS_ENDPOINT_URL: emulator.endpoint,
      TMPDIR: folder,
    };
    const receivedOn = Date.now();
    const hour = new Date(receivedOn).toISOString().slice(0, 13);
    const events = Array.from({ length: 50 }, (_, index) => ({
      event: `event ${index % 2}`,
      distinct_id: `u${index}`,
      timestamp: new Date(receivedOn).toISOString(),
      properties: { index },
    }));

    for (const batch of [events.slice(0, 30), events.slice(20)]) {
      await ingestEvents(ctx, {
        groupId: 7,
        receivedOn,
        parsed: { events: batch, historical: false },
      });
      await invokeIn(bundle('events').directory, { slot: 0 }, env);
    }
    const stored = await ctx.blobs.list('events/');
    const early = markChanges(7, hour, 0).setIfAbsent;
    await ctx.table.write(
      update({ pk: 'EVT#7', sk: `DIRTY#${hour}` }, { set: { gsi1sk: early?.gsi1sk } }),
    );
    const { printed } = await invokeIn(
      bundle('results').directory,
      { task: 'compact-events' },
      env,
    );

    const { objects } = await ctx.blobs.list('events/');
    const duck = await openDuck({
      folder: join(folder, 'read'),
      memoryMb: 128,
      spillMb: 64,
      threads: 1,
    });
    await writeFile(
      join(folder, 'read', 'hour.parquet'),
      (await ctx.blobs.get(objects[0]?.key ?? '')) ?? '',
    );
    const rows = await duck.all(
      `SELECT count(*) AS n, count(DISTINCT uuid) AS uuids, sum((properties->>'index')::INT) AS sum
       FROM '${join(folder, 'read', 'hour.parquet')}'`,
    );
    await duck.close();
    expect(stored.objects).toHaveLength(2);
    expect(JSON.parse(printed.at(-1) ?? '')).toMatchObject({ compacted: 1, failed: 0 });
    expect(objects.map(({ key }) => key)).toEqual([expect.stringMatching(/\/hours\/.*\.parquet$/)]);
    expect(rows).toEqual([{ n: 50n, uuids: 50n, sum: 1225n }]);
    expect(await readdir(join(folder, 'assay'))).toEqual(['merge']);
  });
});

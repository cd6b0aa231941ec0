import { createHash } from 'node:crypto';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { openS3Blobs } from '#aws/s3-blobs.ts';
import { openSqsMessages } from '#aws/sqs-messages.ts';
import { startTestEmulator } from '../support/emulator.ts';
import { type Fault, type ProxiedCall, startFaultProxy } from '../support/fault-proxy.ts';
import { sendRaw } from '../support/raw-http.ts';
import { createBucket, createQueues, emulatorClients } from './aws-support.ts';
import { uniqueName } from './suite.ts';

const emulator = await startTestEmulator();
const proxy = await startFaultProxy(emulator.endpoint);
const direct = emulatorClients(emulator.endpoint);
const bucket = await createBucket((await direct.s3()).client);
const truth = openS3Blobs({ bucket, kit: direct.s3 });

// New ones for each test: a client that failed often stops to retry for a while.
let faulty = emulatorClients(proxy.endpoint);
const renewClients = async () => {
  await faulty.destroy();
  faulty = emulatorClients(proxy.endpoint);
};
const blobs = openS3Blobs({ bucket, kit: () => faulty.s3() });

afterAll(async () => {
  await Promise.all([direct.destroy(), faulty.destroy()]);
  await proxy.stop();
  await emulator.stop();
});

beforeEach(async () => {
  await renewClients();
  proxy.setFaults(() => 'pass');
});

const unavailable = expect.objectContaining({ name: 'AppError', code: 'unavailable' });
const first =
  (fault: Fault) =>
  ({ before }: ProxiedCall): Fault =>
    before === 0 ? fault : 'pass';

const s3Error = (code: string, status: number): Fault => ({
  status,
  body: `<Error><Code>${code}</Code><Message>secret</Message></Error>`,
});

describe('objects', () => {
  const faults: readonly (readonly [string, Fault])[] = [
    ['slows all down', s3Error('SlowDown', 503)],
    ['fails all', s3Error('InternalError', 500)],
    ['resets all', 'reset'],
  ];

  it.each(faults)('are unavailable when S3 %s', async (_title, fault) => {
    proxy.setFaults(() => fault);
    const calls: readonly (() => Promise<unknown>)[] = [
      () => blobs.put('a', 'x'),
      () => blobs.get('a'),
      () => blobs.stream('a'),
      () => blobs.head('a'),
      () => blobs.list(''),
      () => blobs.remove(['a']),
      () => blobs.startUpload('a'),
      () => blobs.completeUpload('a', 'upload', [{ partNumber: 1, etag: '"x"' }]),
      () => blobs.abortUpload('a', 'upload'),
    ];

    const outcomes = await Promise.allSettled(calls.map((call) => call()));

    expect(outcomes).toEqual(calls.map(() => ({ status: 'rejected', reason: unavailable })));
    for (const outcome of outcomes) expect(JSON.stringify(outcome)).not.toContain('secret');
  });

  it('are no less absent when S3 hesitates', async () => {
    proxy.setFaults(first(s3Error('SlowDown', 503)));

    expect(await blobs.get(uniqueName('absent'))).toBeUndefined();
    expect(proxy.calls).toHaveLength(2);
  });

  it('are not answered in part when the answer is cut', async () => {
    const key = uniqueName('cut');
    await truth.put(key, 'x'.repeat(100_000));
    proxy.setFaults(() => 'cut-answer');

    await expect(blobs.get(key)).rejects.toEqual(unavailable);
  });

  it('do not end early as streams when the answer is cut', async () => {
    const key = uniqueName('cut-stream');
    await truth.put(key, 'x'.repeat(1_000_000));
    proxy.setFaults(() => 'cut-answer');
    const read = async (): Promise<number> => {
      let bytes = 0;
      for await (const chunk of (await blobs.stream(key)) ?? []) bytes += chunk.byteLength;
      return bytes;
    };

    await expect(read()).rejects.toEqual(unavailable);
  });

  it('are completed once when the answer to the completion is lost', async () => {
    const key = uniqueName('completed');
    const upload = await truth.startUpload(key);
    const { url, headers } = await truth.signPart(key, upload, 1, { expiresIn: 60 });
    const part = await sendRaw(url, { method: 'PUT', headers, body: 'content' });
    const parts = [{ partNumber: 1, etag: part.headers.etag ?? '' }];
    proxy.setFaults(first('drop-answer'));

    await blobs.completeUpload(key, upload, parts);

    expect(proxy.calls.length).toBeGreaterThan(1);
    const md5 = (data: string | Buffer) => createHash('md5').update(data).digest();
    const etag = `"${md5(md5('content')).toString('hex')}-1"`;
    expect(await truth.head(key)).toEqual({ key, size: 7, etag });
  });
});

describe('messages', () => {
  it('are unavailable when SQS is', async () => {
    const queues = { default: await createQueues((await direct.sqs()).client) };
    const messages = openSqsMessages({ kit: faulty.sqs, queues });
    const body = JSON.stringify({ __type: 'com.amazonaws.sqs#ServiceUnavailable' });
    proxy.setFaults(() => ({ status: 503, body }));
    const options = { max: 1, waitSeconds: 0, visibilitySeconds: 30 };

    const outcomes = await Promise.allSettled([
      messages.send('default', 'x'),
      messages.receive('default', options),
      messages.extend('default', 'receipt', 1),
      messages.remove('default', 'receipt'),
      messages.deadLetters('default', 1),
      messages.backlog('default'),
    ]);

    expect(proxy.calls.length).toBeGreaterThan(6);
    for (const outcome of outcomes) expect(outcome).toMatchObject({ reason: unavailable });
  });

  it('are sent when the first answer is lost, at least once', async () => {
    const queues = { default: await createQueues((await direct.sqs()).client) };
    const messages = openSqsMessages({ kit: faulty.sqs, queues });
    proxy.setFaults(first('drop-answer'));

    await messages.send('default', 'x');

    expect(await messages.backlog('default')).toBeGreaterThanOrEqual(1);
  });

  it('have no pool that nobody configured', async () => {
    const messages = openSqsMessages({ kit: faulty.sqs, queues: {} });

    for (const pool of ['other', '__proto__', 'constructor']) {
      await expect(messages.send(pool, 'x')).rejects.toMatchObject({ reason: 'unknown_pool' });
    }
    expect(proxy.calls).toEqual([]);
  });
});

/** What goes into the worker's image, and whether the bundled consumer finds all that it needs there. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stageWorkerImage } from '../../infra/image/stage.ts';

let folder: string;
let context: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'assay-stage-'));
  context = join(folder, 'context');
  await stageWorkerImage(context);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const filesOf = (directory: string) =>
  readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
    .sort();
const contentsOf = (directory: string) =>
  filesOf(directory).map((file) => [file.slice(directory.length), readFileSync(file, 'utf8')]);

describe('stageWorkerImage', () => {
  it('writes the same bytes from the same sources, whatever was there before', async () => {
    const again = join(folder, 'again');
    await stageWorkerImage(again);
    writeFileSync(join(again, 'left-over'), '');
    await stageWorkerImage(again);

    expect(contentsOf(again)).toEqual(contentsOf(context));
    expect(contentsOf(context).length).toBeGreaterThan(12);
  });

  it('leaves out what only one machine needs, and the clients of other services', () => {
    const code = filesOf(join(context, 'worker'))
      .filter((file) => file.endsWith('.mjs'))
      .map((file) => readFileSync(file, 'utf8'))
      .join('\n');

    expect(code).toContain('ReceiveMessage');
    for (const absent of ['node:sqlite', 'TransactWriteItems', 'CreateMultipartUpload']) {
      expect(code).not.toContain(absent);
    }
    expect(code.length).toBeLessThan(450_000);
  });

  it('installs every list of packages that it holds', () => {
    const dockerfile = readFileSync(join(context, 'Dockerfile'), 'utf8');

    const lists = readdirSync(join(context, 'requirements'));

    expect(lists).toContain('requirements-projects.txt');
    for (const list of lists) expect(dockerfile).toContain(`-r /requirements/${list}`);
  });

  it("takes the pool's own packages", async () => {
    const [given, other] = [join(folder, 'mine.txt'), join(folder, 'other')];
    writeFileSync(given, 'numpy==2.4.6\n');

    await stageWorkerImage(other, { requirements: given });

    const pool = join(other, 'requirements', 'requirements-pool.txt');
    expect(readFileSync(pool, 'utf8')).toBe('numpy==2.4.6\n');
    const runtimes = join(other, 'worker', 'runtimes');
    expect(readdirSync(join(runtimes, 'dioptra'))).toContain('runner.py');
    expect(readdirSync(join(runtimes, 'mlproject'))).toContain('dioptra_builtins');
    expect(readdirSync(join(runtimes, 'importable'))).toEqual(['assay_progress.py']);
  });
});

describe('the bundled consumer', () => {
  it("waits for messages with the credentials of the task's endpoint", async () => {
    const credentials = {
      AccessKeyId: 'OFTHETASK',
      SecretAccessKey: 'secret',
      Token: 'session',
      Expiration: new Date(Date.now() + 3_600_000).toISOString(),
    };
    const received = Promise.withResolvers<IncomingMessage>();
    const server = createServer((request, response) => {
      request.resume();
      response.setHeader('content-type', 'application/json');
      if (request.url === '/credentials') {
        response.end(JSON.stringify(credentials));
        return;
      }
      received.resolve(request);
      setTimeout(() => response.end('{}'), 200);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const worker = spawn(process.execPath, [join(context, 'worker', 'index.mjs')], {
      env: {
        AWS_REGION: 'eu-west-1',
        AWS_CONTAINER_CREDENTIALS_FULL_URI: `${url}/credentials`,
        AWS_ENDPOINT_URL: url,
        API_URL: url,
        WORKER_TOKEN: 'token',
        POOL: 'default',
        WAKE: 'sqs',
        QUEUE_URL: `${url}/1/queue`,
        WORK_DIR: join(folder, 'work'),
        PYTHON: process.execPath,
      },
      stdio: ['ignore', 'inherit', 'inherit'],
    });

    const { headers } = await received.promise;
    const ended = once(worker, 'exit');
    worker.kill('SIGTERM');

    expect(headers['x-amz-target']).toBe('AmazonSQS.ReceiveMessage');
    expect(headers.authorization).toContain('Credential=OFTHETASK/');
    expect(headers['x-amz-security-token']).toBe('session');
    expect(await ended).toEqual([0, null]);
    server.close();
  });
});

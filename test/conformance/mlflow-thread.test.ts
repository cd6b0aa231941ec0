import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type NodeServer, serveHttp } from '#entry/node-server.ts';
import { ensureMlflowPython } from '../../infra/local/sample/python.ts';
import { openSurface, type Surface } from '../surface/mlflow/support.ts';
import { PASSWORD } from '../unit/domain/tracking/support.ts';

const script = fileURLToPath(new URL('mlflow-thread.py', import.meta.url));

let server: NodeServer;
let api: Surface;
let home: string;
/** What was asked, as `<method> <path>`. */
const asked: string[] = [];

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'assay-mlflow-'));
  const answer = (request: Request): Promise<Response> => {
    const { pathname } = new URL(request.url);
    asked.push(`${request.method} ${pathname}`);
    return pathname.startsWith('/_blobs/')
      ? api.shop.platform.blobs.handleRequest(request)
      : Promise.resolve(api.app.fetch(request));
  };
  server = await serveHttp({ port: 0, fetch: answer });
  api = await openSurface({ baseUrl: server.url });
});

afterAll(async () => {
  await server.close();
  await api.close();
  await rm(home, { recursive: true });
});

async function runScript(runId: string, credentials: { readonly [name: string]: string }) {
  const { stdout } = await promisify(execFile)(await ensureMlflowPython(), [script, runId], {
    cwd: home,
    timeout: 120_000,
    env: {
      PATH: process.env.PATH ?? '',
      HOME: home,
      MLFLOW_TRACKING_URI: server.url,
      // A wrong answer should fail at once, not after the client's two minutes of retries.
      MLFLOW_HTTP_REQUEST_MAX_RETRIES: '1',
      MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR: 'false',
      ...credentials,
    },
  });
  return JSON.parse(stdout.slice(stdout.lastIndexOf('\n{') + 1));
}

/** As a person, whose files go in one piece, and as the child of a job, which has large ones in parts. */
const ways = {
  'a password': async () => ({
    MLFLOW_TRACKING_USERNAME: 'alice',
    MLFLOW_TRACKING_PASSWORD: PASSWORD,
  }),
  'a token and files in parts': async () => ({
    MLFLOW_TRACKING_TOKEN: (await api.bearer()).replace('Bearer ', ''),
    MLFLOW_MULTIPART_UPLOAD_MINIMUM_FILE_SIZE: String(4 * 1024 * 1024),
    MLFLOW_MULTIPART_UPLOAD_CHUNK_SIZE: String(5 * 1024 * 1024),
  }),
};

describe.each(Object.entries(ways))('the real client with %s', (way, credentials) => {
  it('logs a run, its metrics and its files, and reads back what it logged', async () => {
    const runId = await api.newRun({ run_name: 'job-1' });
    asked.length = 0;

    const seen = await runScript(runId, await credentials());

    expect(seen).toMatchObject({
      info: {
        name: 'job-1',
        status: 'FINISHED',
        artifact_uri: `mlflow-artifacts:/${api.shop.experimentId}/${runId}/artifacts`,
        ended: true,
        stage: 'active',
      },
      run_name_tag: 'job-1',
      loss: [0, 1, 2, 3, 4].map((step) => [step, 1 / (step + 1)]),
      negative: [String(-(2n ** 62n) - 1n)],
      many: 1_000,
      text: 'grüße',
      dict: { a: [1, 2] },
      in_experiment: true,
    });
    expect(seen.params).toEqual({ lr: '0.1', epochs: '3', note: '' });
    expect(seen.tags).toEqual({ team: 'vision', one: '1' });
    expect(seen.metrics).toEqual({
      loss: '0.2',
      acc: '0.5',
      broken: 'nan',
      huge: '1.7976931348623157e+308',
      negative: '-1.5',
      many: '999.0',
    });
    expect(seen.artifacts).toEqual({
      'config.json': expect.any(Number),
      data: null,
      'data/files': null,
      'data/files/empty.bin': 0,
      'data/files/large.bin': 8 * 1024 * 1024,
      'data/files/small.txt': 1_000,
      notes: null,
      'notes/text.txt': 7,
    });
    expect(seen.same_bytes).toEqual({ 'empty.bin': true, 'large.bin': true, 'small.txt': true });
    const base = `/api/2.0/mlflow-artifacts`;
    const files = `${api.shop.experimentId}/${runId}/artifacts/data/files`;
    const inParts = asked.includes(`POST ${base}/mpu/complete/${files}`);
    expect(inParts).toBe(way === 'a token and files in parts');
    expect(asked.includes(`PUT ${base}/artifacts/${files}/large.bin`)).toBe(!inParts);
    expect(seen.nested).toBe(seen.parent);
    expect(seen.failures).toEqual({
      param: {
        code: 'INVALID_PARAMETER_VALUE',
        message: expect.stringContaining('Changing param values'),
      },
      run: { code: 'RESOURCE_DOES_NOT_EXIST', message: expect.stringContaining('not found') },
      name: { code: 'RESOURCE_ALREADY_EXISTS', message: expect.stringContaining('already exists') },
    });
  });
});

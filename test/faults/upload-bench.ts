/** A claimed job whose worker reaches API and store through a proxy that a test may break. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FinishedArtifact, FinishRequest, JobClaim } from '#domain/jobs/protocol.ts';
import type { CollectedArtifact } from '#worker/artifacts.ts';
import { type Fence, type WorkerClient, workerClient } from '#worker/client.ts';
import { createHalt, type Halt } from '#worker/halt.ts';
import { storeArtifacts } from '#worker/store-artifacts.ts';
import { startLocal } from '../../functions/entry/local.ts';
import { freePort } from '../../infra/local/process.ts';
import type { Answer, Json } from '../support/app.ts';
import { type FaultProxy, startFaultProxy } from '../support/fault-proxy.ts';
import { setUpJobs, submit } from '../support/jobs.ts';

const quiet = { info: () => undefined, error: () => undefined };
const LEASE = { seconds: 30, heartbeatSeconds: 10 };

export interface HeldJob {
  readonly claim: JobClaim;
  readonly fence: Fence;
  readonly halt: Halt;
  readonly folder: string;
  /** A file of the job, ready to be stored as its artifact. */
  made(bytes: Uint8Array, name?: string): Promise<CollectedArtifact>;
  madeFolder(files: Readonly<Record<string, string>>): Promise<CollectedArtifact>;
  store(artifact: CollectedArtifact): Promise<FinishedArtifact[]>;
  finish(artifacts: FinishedArtifact[], outcome?: FinishRequest['outcome']): Promise<unknown>;
}

export interface UploadBench {
  readonly proxy: FaultProxy;
  readonly client: WorkerClient;
  call(method: string, path: string, body?: unknown): Promise<Answer>;
  hold(): Promise<HeldJob>;
  artifactsOf(jobId: number): Promise<readonly Json[]>;
  close(): Promise<void>;
}

/** Has the addresses in every answer lead through the proxy. */
function throughProxy(client: WorkerClient, from: string, to: string): WorkerClient {
  const moved = <T>(answer: T): T => JSON.parse(JSON.stringify(answer).replaceAll(from, to)) as T;
  return {
    ...client,
    uploads: async (...call) => moved(await client.uploads(...call)),
    parts: async (...call) => moved(await client.parts(...call)),
  };
}

const callerOf =
  (url: string, credentials?: string) =>
  async (method: string, path: string, body?: unknown): Promise<Answer> => {
    const response = await fetch(`${url}${path}`, {
      method,
      redirect: 'manual',
      headers: {
        'content-type': 'application/json',
        ...(credentials === undefined ? {} : { authorization: `Basic ${btoa(credentials)}` }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const json = response.headers.get('content-type')?.includes('json') === true;
    const { status, headers } = response;
    return { status, headers, text, body: json ? JSON.parse(text) : undefined };
  };

async function holderOf(
  { client, claim }: { client: WorkerClient; claim: JobClaim },
  task: { pluginSnapshotId: number; taskId: number },
): Promise<HeldJob> {
  const { jobId, attempt, lease } = claim;
  const fence = { jobId, attempt, lease };
  const halt = createHalt();
  const folder = await mkdtemp(join(tmpdir(), 'assay-uploads-'));
  const artifact = (path: string, isDir: boolean, files: CollectedArtifact['files']) => {
    const size = files.reduce((sum, file) => sum + file.size, 0);
    return { finished: { name: 'rows', path, isDir, size, ...task }, files };
  };
  const write = async (name: string, bytes: Uint8Array | string) => {
    const file = join(folder, name.replaceAll('/', '-'));
    await writeFile(file, bytes);
    return { file, size: Buffer.byteLength(bytes) };
  };
  return {
    claim,
    fence,
    halt,
    folder,
    async made(bytes, name = 'rows.txt') {
      const path = `rows/${name}`;
      return artifact(path, false, [{ path, ...(await write(name, bytes)) }]);
    },
    async madeFolder(files) {
      const made = Object.entries(files).map(async ([name, text]) => ({
        path: `rows/folder/${name}`,
        ...(await write(name, text)),
      }));
      return artifact('rows/folder', true, await Promise.all(made));
    },
    store: (made) => storeArtifacts({ client, fence, halt }, [made], folder),
    finish: (artifacts, outcome = 'finished') => client.finish(fence, { outcome, artifacts }),
  };
}

export async function openUploadBench(): Promise<UploadBench> {
  const folder = await mkdtemp(join(tmpdir(), 'assay-upload-bench-'));
  const pools = [{ name: 'default', kind: 'managed' as const }];
  const port = await freePort();
  const local = await startLocal({
    ...{ folder, port, pools, lease: LEASE },
    registration: 'open',
    log: quiet,
  });
  const proxy = await startFaultProxy(local.url);
  const password = 'a long enough password';
  const call = callerOf(local.url, `alice:${password}`);
  const account = { username: 'alice', email: 'alice@assay.test', password };
  await callerOf(local.url)('POST', '/api/v1/users', { ...account, confirmPassword: password });
  const [group] = (await call('GET', '/api/v1/users/current')).body.groups;
  const setup = await setUpJobs({ call }, { group: group.id, queues: ['default'] });
  const token = await local.createWorkerToken('default');
  const direct = workerClient({ apiUrl: proxy.endpoint, token, pool: 'default' });
  const client = throughProxy(direct, local.url, proxy.endpoint);
  const held: HeldJob[] = [];
  return {
    proxy,
    client,
    call,
    async hold() {
      const { id } = await submit({ call }, setup);
      const { claim } = await direct.claim({ worker: 'w', jobId: id, attempt: 1, waitSeconds: 0 });
      if (claim === null) throw new Error(`job ${id} was not to be had`);
      const job = await holderOf({ client, claim }, setup.task);
      held.push(job);
      return job;
    },
    artifactsOf: async (jobId) => {
      const page = (await call('GET', '/api/v1/artifacts?pageLength=1000')).body;
      return page.data.filter((artifact: Json) => artifact.job === jobId);
    },
    async close() {
      await proxy.stop();
      await local.close();
      for (const made of [folder, ...held.map((job) => job.folder)]) {
        await rm(made, { recursive: true, force: true, maxRetries: 3 });
      }
    },
  };
}

/** The worker protocol's state machine over HTTP, strict: what a worker must not do is recorded. */
import { createHash, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { setTimeout as wait } from 'node:timers/promises';
import * as z from 'zod';
import {
  CheckRequest,
  ClaimRequest,
  type DioptraClaim,
  FinishRequest,
  HeartbeatRequest,
  type JobClaim,
  LogRequest,
  type MlprojectClaim,
  type Progress,
  ReleaseRequest,
  RetireRequest,
  UploadRequest,
  type WorkerLogLine,
} from '#domain/jobs/protocol.ts';

export const WORKER_TOKEN = 'worker-token-of-the-pool';
export const POOL = 'default';

export interface ServedJob {
  readonly id: number;
  state: 'queued' | 'started' | 'finished' | 'failed';
  attempt: number;
  lease: string;
  leaseUntil: number;
  worker: string;
  /** The call that claimed it: its repetition gets the same attempt. */
  claimedBy: string | undefined;
  /** How many times it was handed out. */
  claims: number;
  heartbeats: number;
  /** What heartbeats told of it. */
  readonly progress: Progress[];
  releases: number;
  cancel: boolean;
  log: WorkerLogLine[];
  readonly uploads: Map<string, { readonly size: number; bytes: Buffer | undefined }>;
  finish: FinishRequest | undefined;
  readonly template: JobClaim;
}

/** What happens to a call instead of a plain answer. */
export type Fault =
  | 'drop-request'
  | 'drop-answer'
  | { readonly status: number; readonly retryAfter?: string };

export interface Call {
  readonly verb: string;
  readonly jobId: number;
  /** Calls of this verb so far, from 1. */
  readonly count: number;
}

interface Refusal {
  readonly status: number;
  readonly body?: unknown;
}

export interface ProtocolServer {
  readonly url: string;
  readonly jobs: Map<number, ServedJob>;
  /** Broken rules; a test that passes leaves it empty. */
  readonly violations: string[];
  readonly calls: Call[];
  /** Files behind `GET /files/<name>`, asked for with the job's token. */
  readonly files: Map<string, Buffer>;
  /** Addresses that `GET /files/<name>` redirects to. */
  readonly redirects: Map<string, string>;
  fault: (call: Call) => Fault | undefined | Promise<Fault | undefined>;
  addJob(claim?: Partial<DioptraClaim>): ServedJob;
  /** A job of an archive with an MLproject file, behind `/files/workflow`. */
  addProject(claim?: Partial<MlprojectClaim>): ServedJob;
  close(): Promise<void>;
}

const BUSY: Refusal = { status: 409, body: { code: 'conflict' } };

export async function startProtocolServer(): Promise<ProtocolServer> {
  const server = createServer((request, response) => {
    answer(state, request, response).catch((error: unknown) => {
      state.violations.push(String(error));
      response.destroy();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const state: ProtocolServer = {
    url: `http://127.0.0.1:${port}`,
    jobs: new Map(),
    violations: [],
    calls: [],
    files: new Map(),
    redirects: new Map(),
    fault: () => undefined,
    addJob: (claim) => addJob(state, { ...anyClaim(state), ...GRAPH, ...claim }),
    addProject: (claim) => addJob(state, { ...anyClaim(state), ...PROJECT, ...claim }),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return state;
}

function anyClaim({ jobs }: ProtocolServer) {
  const id = jobs.size + 1;
  return {
    jobId: id,
    attempt: 1,
    lease: '',
    leaseSeconds: 10,
    heartbeatSeconds: 0.2,
    timeoutSeconds: 60,
    graceSeconds: 1,
    groupId: 1,
    experimentId: 3,
    experimentName: 'digits',
    entrypointName: 'train model',
    runId: 'a'.repeat(32),
    username: `job-${id}`,
    jobToken: `job-token-${id}-${randomUUID()}`,
  };
}

const GRAPH = {
  runtime: 'dioptra',
  config: '{"graph":{}}',
  parameters: '{"rate":1.0}',
  pluginsBundlePath: '/files/plugins',
  artifactPluginsBundlePath: '/files/artifact-plugins',
  artifactTasks: { model: { task: 'saver', pluginSnapshotId: 7, taskId: 8 } },
  artifactInputs: {},
} as const;

const PROJECT = {
  runtime: 'mlproject',
  workflowPath: '/files/workflow',
  workflowBytes: 0,
  projectRoot: '',
  parameters: { rate: '1.0' },
  environment: 'local',
  pluginsBundlePath: null,
} as const;

function addJob(state: ProtocolServer, template: JobClaim): ServedJob {
  const id = template.jobId;
  const job: ServedJob = {
    id,
    state: 'queued',
    attempt: 1,
    lease: '',
    leaseUntil: 0,
    worker: '',
    claimedBy: undefined,
    claims: 0,
    heartbeats: 0,
    progress: [],
    releases: 0,
    cancel: false,
    log: [],
    uploads: new Map(),
    finish: undefined,
    template,
  };
  state.jobs.set(id, job);
  return job;
}

const inFlight = new WeakMap<ServedJob, Set<string>>();

async function answer(
  state: ProtocolServer,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const path = new URL(request.url ?? '/', state.url).pathname;
  const job = /^\/api\/worker\/v1\/jobs\/(\d+)\/([a-z/]+)$/.exec(path);
  const verb = job?.[2] ?? path.split('/')[path.startsWith('/api/') ? 4 : 1] ?? '';
  const jobId = Number(job?.[1] ?? 0);
  const count = state.calls.filter((call) => call.verb === verb).length + 1;
  const call = { verb, jobId, count };
  state.calls.push(call);
  const fault = await state.fault(call);
  if (fault === 'drop-request') {
    response.destroy();
    return;
  }
  const refused = typeof fault === 'object' ? fault : undefined;
  const body = await buffer(request).catch(() => undefined);
  if (body === undefined) return;
  const said = refused ?? (await handle(state, request, path, call, body));
  if (fault === 'drop-answer') {
    response.destroy();
    return;
  }
  if (refused?.retryAfter !== undefined) response.setHeader('retry-after', refused.retryAfter);
  send(response, said);
}

function send(response: ServerResponse, said: Refusal | Buffer): void {
  if (Buffer.isBuffer(said)) {
    response.end(said);
    return;
  }
  response.statusCode = said.status;
  if (said.status === 302) response.setHeader('location', String(said.body));
  response.end(said.status === 302 ? '' : JSON.stringify(said.body ?? null));
}

async function handle(
  state: ProtocolServer,
  request: IncomingMessage,
  path: string,
  call: Call,
  body: Buffer,
): Promise<Refusal | Buffer> {
  if (path.startsWith('/files/')) return serveFile(state, request, path.slice('/files/'.length));
  if (path.startsWith('/put/')) return storeUpload(state, request, path, body);
  if (request.headers.authorization !== `Bearer ${WORKER_TOKEN}`) return { status: 401 };
  const parsed: unknown = JSON.parse(body.toString('utf8'));
  if (call.verb === 'claim') return claim(state, parsed);
  if (call.verb === 'retire') return retire(state, parsed);
  const job = state.jobs.get(call.jobId);
  if (job === undefined) return { status: 404 };
  const running = inFlight.get(job) ?? new Set();
  inFlight.set(job, running);
  // Files are stored, and looked at, several at a time.
  if (running.has(call.verb) && call.verb !== 'uploads/check')
    state.violations.push(`two calls of ${call.verb} at a time`);
  running.add(call.verb);
  try {
    return ofJob(state, job, call.verb, parsed);
  } finally {
    running.delete(call.verb);
  }
}

function retire(state: ProtocolServer, raw: unknown): Refusal {
  if (!RetireRequest.safeParse(raw).success) state.violations.push('retire: not of the protocol');
  if ([...state.jobs.values()].some(({ state: at }) => at === 'started')) {
    state.violations.push('retired with a job in hand');
  }
  return { status: 200, body: {} };
}

const SCHEMAS = {
  heartbeat: HeartbeatRequest,
  log: LogRequest,
  uploads: UploadRequest,
  'uploads/check': CheckRequest,
  finish: FinishRequest,
  release: ReleaseRequest,
};

function ofJob(state: ProtocolServer, job: ServedJob, verb: string, raw: unknown): Refusal {
  if (!Object.hasOwn(SCHEMAS, verb)) return { status: 404 };
  const parsed = SCHEMAS[verb as keyof typeof SCHEMAS].safeParse(raw);
  if (!parsed.success) {
    state.violations.push(`${verb}: ${z.prettifyError(parsed.error)}`);
    return { status: 400 };
  }
  const { attempt, lease } = parsed.data;
  const sameAttempt = attempt === job.attempt && lease === job.lease;
  if (verb === 'finish' && sameAttempt && job.finish !== undefined) {
    // A repetition; another outcome than the first would be a race with itself.
    return JSON.stringify(job.finish) === JSON.stringify(parsed.data) ? { status: 200 } : BUSY;
  }
  if (!sameAttempt || job.state !== 'started' || Date.now() > job.leaseUntil) return BUSY;
  if (verb === 'heartbeat') return heartbeat(job, HeartbeatRequest.parse(raw));
  if (verb === 'log') return addLog(state, job, LogRequest.parse(raw));
  if (verb === 'uploads') return uploads(state, job, UploadRequest.parse(raw));
  if (verb === 'uploads/check') return check(job, CheckRequest.parse(raw));
  if (verb === 'finish') return finish(state, job, FinishRequest.parse(raw));
  job.releases += 1;
  job.state = 'queued';
  job.attempt += 1;
  return { status: 200 };
}

async function claim(state: ProtocolServer, raw: unknown): Promise<Refusal> {
  const wish = ClaimRequest.safeParse(raw);
  if (!wish.success || wish.data.pool !== POOL) {
    state.violations.push('claim: malformed');
    return { status: 400 };
  }
  const { worker, call, jobId, attempt, waitSeconds } = wish.data;
  const until = Date.now() + waitSeconds * 1000;
  for (;;) {
    const jobs = [...state.jobs.values()];
    const mine = jobs.find((job) => job.claimedBy === call && job.state === 'started');
    if (mine !== undefined) return { status: 200, body: { claim: claimOf(mine) } };
    const free = jobs.find(
      (job) =>
        job.state === 'queued' &&
        (jobId === undefined || (job.id === jobId && job.attempt === attempt)),
    );
    if (free !== undefined) {
      take(free, worker, call);
      return { status: 200, body: { claim: claimOf(free) } };
    }
    if (jobId !== undefined || Date.now() >= until) return { status: 200, body: { claim: null } };
    await wait(20);
  }
}

function take(job: ServedJob, worker: string, call: string | undefined): void {
  job.state = 'started';
  job.worker = worker;
  job.claimedBy = call;
  job.claims += 1;
  job.log = [];
  job.uploads.clear();
  job.lease = randomUUID();
  job.leaseUntil = Date.now() + job.template.leaseSeconds * 1000;
}

const claimOf = (job: ServedJob): JobClaim => ({
  ...job.template,
  attempt: job.attempt,
  lease: job.lease,
});

function heartbeat(job: ServedJob, { progress }: HeartbeatRequest): Refusal {
  job.heartbeats += 1;
  if (progress !== undefined) job.progress.push(progress);
  job.leaseUntil = Date.now() + job.template.leaseSeconds * 1000;
  return {
    status: 200,
    body: { leaseSeconds: job.template.leaseSeconds, cancel: job.cancel },
  };
}

function addLog(state: ProtocolServer, job: ServedJob, { first, lines }: LogRequest): Refusal {
  if (first > job.log.length) {
    state.violations.push(`log: gap, ${first} after ${job.log.length}`);
    return { status: 409, body: { detail: { next: job.log.length } } };
  }
  job.log.push(...lines.slice(job.log.length - first));
  return { status: 200, body: { next: job.log.length } };
}

/** The name under which a file is kept here; archives of folders have one of their own. */
const nameOf = ({ path, bundle }: { path: string; bundle?: boolean | undefined }): string =>
  bundle === true ? `archive of ${path}` : path;

const sumOf = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('base64');

function check(job: ServedJob, file: CheckRequest): Refusal {
  const bytes = job.uploads.get(nameOf(file))?.bytes;
  const same = bytes !== undefined && bytes.length === file.size && sumOf(bytes) === file.sha256;
  return same ? { status: 200, body: {} } : { status: 400 };
}

function uploads(state: ProtocolServer, job: ServedJob, { files }: UploadRequest): Refusal {
  const targets = files.map((file) => {
    const { path, size, sha256 } = file;
    const name = nameOf(file);
    const known = job.uploads.get(name);
    if (known !== undefined && known.size !== size) state.violations.push(`${name}: another size`);
    if (sha256 === undefined) state.violations.push(`${name}: without a checksum`);
    if (known === undefined) job.uploads.set(name, { size, bytes: undefined });
    const url = `${state.url}/put/${job.id}/${job.attempt}/${encodeURIComponent(name)}`;
    return { path, url, headers: { 'If-None-Match': '*', 'Content-Length': String(size) } };
  });
  return { status: 200, body: { uploads: targets } };
}

function finish(state: ProtocolServer, job: ServedJob, request: FinishRequest): Refusal {
  for (const { path, isDir, size, bundle } of request.artifacts) {
    const archive = job.uploads.get(nameOf({ path, bundle: true }))?.bytes;
    if (archive?.length !== bundle?.size) state.violations.push(`finish: archive of ${path}`);
    const stored = [...job.uploads].filter(([key]) =>
      isDir ? key.startsWith(`${path}/`) : key === path,
    );
    const bytes = stored.reduce((sum, [, upload]) => sum + (upload.bytes?.length ?? 0), 0);
    if (bytes !== size || stored.some(([, upload]) => upload.bytes === undefined)) {
      state.violations.push(`finish: ${path} has ${bytes} of ${size} bytes`);
      return { status: 400 };
    }
  }
  job.state = request.outcome;
  job.finish = request;
  return { status: 200 };
}

function serveFile(state: ProtocolServer, request: IncomingMessage, name: string) {
  const tokens = [...state.jobs.values()].map(({ template }) => `Bearer ${template.jobToken}`);
  if (!tokens.includes(request.headers.authorization ?? '')) return { status: 401 };
  const target = state.redirects.get(name);
  if (target !== undefined) return { status: 302, body: target };
  return state.files.get(name) ?? { status: 404 };
}

function storeUpload(
  state: ProtocolServer,
  { headers, method }: IncomingMessage,
  path: string,
  body: Buffer,
): Refusal {
  const [, , id, attempt, name = ''] = path.split('/');
  const job = state.jobs.get(Number(id));
  const upload = job?.uploads.get(decodeURIComponent(name));
  if (job === undefined || upload === undefined || method !== 'PUT') return { status: 404 };
  if (headers.authorization !== undefined) state.violations.push('put: a token was sent along');
  if (headers['if-none-match'] !== '*') state.violations.push('put: a header is missing');
  if (headers['transfer-encoding'] !== undefined) state.violations.push('put: sent in chunks');
  if (Number(attempt) !== job.attempt || Number(headers['content-length']) !== upload.size) {
    return { status: 403 };
  }
  if (upload.bytes !== undefined) return { status: 412 };
  job.uploads.set(decodeURIComponent(name), { ...upload, bytes: body });
  return { status: 200 };
}

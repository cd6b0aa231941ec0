import * as z from 'zod';
import {
  type AbortRequest,
  type CheckRequest,
  ClaimAnswer,
  type CompleteRequest,
  type FinishRequest,
  HeartbeatAnswer,
  LogAnswer,
  PartsAnswer,
  type PartsRequest,
  type Progress,
  UploadAnswer,
  UploadDone,
  type UploadRequest,
  type WorkerLogLine,
} from '#domain/jobs/protocol.ts';
import { randomIds } from '#kernel/ids.ts';
import { withoutEndSlashes } from '#kernel/strings.ts';
import {
  BRIEF,
  ENDLESS,
  failureOf,
  HttpFailure,
  LONG,
  PATIENT,
  type RetryPolicy,
  request,
  retrying,
} from './http.ts';

/** Says which attempt is speaking. */
export interface Fence {
  readonly jobId: number;
  readonly attempt: number;
  readonly lease: string;
}

/** `held: false`: another attempt has the job, or the lease ended; stop and discard. */
export type Fenced<T> = { readonly held: true; readonly value: T } | { readonly held: false };

export interface ClaimWish {
  /** Distinct for each job that may run at a time: a repeated claim is known by it. */
  readonly worker: string;
  readonly jobId?: number;
  readonly attempt?: number;
  /** The job is that of a message, for which another one is as welcome. */
  readonly orAnother?: boolean;
  /** Names the call, for whoever repeats it; made up for this call alone when missing. */
  readonly call?: string;
  readonly waitSeconds: number;
}

type Unfenced<T> = Omit<T, 'attempt' | 'lease'>;
type Outcome = Omit<FinishRequest, 'attempt' | 'lease'>;

/** The worker protocol over HTTP. Every call may be aborted; passing failures are retried. */
export interface WorkerClient {
  /** Without a claim there is nothing to do: not queued, held by another, or no job came. */
  claim(wish: ClaimWish, signal?: AbortSignal): Promise<ClaimAnswer>;
  heartbeat(
    fence: Fence,
    progress: Progress | undefined,
    signal?: AbortSignal,
  ): Promise<Fenced<HeartbeatAnswer>>;
  log(
    fence: Fence,
    first: number,
    lines: readonly WorkerLogLine[],
    signal?: AbortSignal,
  ): Promise<Fenced<LogAnswer>>;
  uploads(
    fence: Fence,
    files: UploadRequest['files'],
    signal?: AbortSignal,
  ): Promise<Fenced<UploadAnswer>>;
  parts(
    fence: Fence,
    wish: Unfenced<PartsRequest>,
    signal?: AbortSignal,
  ): Promise<Fenced<PartsAnswer>>;
  complete(
    fence: Fence,
    upload: Unfenced<CompleteRequest>,
    signal?: AbortSignal,
  ): Promise<Fenced<unknown>>;
  abort(fence: Fence, upload: Unfenced<AbortRequest>): Promise<Fenced<unknown>>;
  /** Fails with status 400 unless the store has exactly this file. */
  check(fence: Fence, file: Unfenced<CheckRequest>, signal?: AbortSignal): Promise<Fenced<unknown>>;
  finish(fence: Fence, outcome: Outcome, signal?: AbortSignal): Promise<Fenced<unknown>>;
  release(fence: Fence, signal?: AbortSignal): Promise<Fenced<unknown>>;
  /** Hands the token in, if it was made for this worker alone. */
  retire(): Promise<void>;
}

export interface ClientOptions {
  readonly apiUrl: string;
  readonly token: string;
  readonly pool: string;
  /** How long one try may take, long polls apart. */
  readonly timeoutMs?: number;
}

interface Call<T> {
  readonly path: string;
  readonly body: unknown;
  readonly answer: z.ZodType<T>;
  readonly retry: RetryPolicy;
  readonly timeoutMs: number;
}

const CONFLICT = 409;

async function post<T>(
  { apiUrl, token }: ClientOptions,
  { path, body, answer, retry, timeoutMs }: Call<T>,
  signal: AbortSignal | undefined,
): Promise<Fenced<T>> {
  const what = `POST ${path}`;
  const text = JSON.stringify(body);
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  return retrying(retry, signal, async () => {
    const init = { method: 'POST', headers, body: text, timeout: timeoutMs };
    const response = await request(what, `${apiUrl}/api/worker/v1${path}`, init, signal);
    if (response.status === CONFLICT) {
      await response.body?.cancel();
      return { held: false };
    }
    if (!response.ok) {
      await response.body?.cancel();
      throw failureOf(what, response);
    }
    return { held: true, value: await parse(what, response, answer) };
  });
}

async function parse<T>(what: string, response: Response, schema: z.ZodType<T>): Promise<T> {
  try {
    const text = await response.text();
    return schema.parse(text === '' ? null : JSON.parse(text));
  } catch (cause) {
    // A body cut short, or a proxy's page: the call may be repeated.
    throw new HttpFailure(`${what} was answered with something else than expected`, { cause });
  }
}

/** A client of one API for the workers of one pool. */
export function workerClient(given: ClientOptions): WorkerClient {
  const options = { ...given, apiUrl: withoutEndSlashes(given.apiUrl) };
  const timeoutMs = options.timeoutMs ?? 15_000;
  const ofJob = <T>(
    { jobId, attempt, lease }: Fence,
    verb: string,
    more: object,
    answer: z.ZodType<T>,
    retry: RetryPolicy,
    signal: AbortSignal | undefined,
  ): Promise<Fenced<T>> => {
    const body = { attempt, lease, ...more };
    return post(
      options,
      { path: `/jobs/${jobId}/${verb}`, body, answer, retry, timeoutMs },
      signal,
    );
  };
  return {
    async claim(wish, signal) {
      const call = {
        path: '/claim',
        // The same in every try, so that an answer that got lost loses no attempt.
        body: { pool: options.pool, call: randomIds.hex32(), ...wish },
        answer: ClaimAnswer,
        retry: PATIENT,
        timeoutMs: timeoutMs + wish.waitSeconds * 1000,
      };
      const answer = await post(options, call, signal);
      return answer.held ? answer.value : { claim: null };
    },
    heartbeat: (fence, progress, signal) =>
      ofJob(fence, 'heartbeat', { progress }, HeartbeatAnswer, BRIEF, signal),
    log: (fence, first, lines, signal) =>
      ofJob(fence, 'log', { first, lines }, LogAnswer, ENDLESS, signal),
    uploads: (fence, files, signal) =>
      ofJob(fence, 'uploads', { files }, UploadAnswer, PATIENT, signal),
    parts: (fence, wish, signal) =>
      ofJob(fence, 'uploads/parts', wish, PartsAnswer, PATIENT, signal),
    // Summing up thousands of parts takes the store a while.
    complete: (fence, upload, signal) =>
      ofJob(fence, 'uploads/complete', upload, UploadDone, LONG, signal),
    abort: (fence, upload) => ofJob(fence, 'uploads/abort', upload, UploadDone, BRIEF, undefined),
    check: (fence, file, signal) =>
      ofJob(fence, 'uploads/check', file, UploadDone, PATIENT, signal),
    finish: (fence, outcome, signal) =>
      ofJob(fence, 'finish', outcome, z.unknown(), ENDLESS, signal),
    release: (fence, signal) => ofJob(fence, 'release', {}, z.unknown(), ENDLESS, signal),
    async retire() {
      const call = { path: '/retire', body: {}, answer: z.unknown(), retry: BRIEF, timeoutMs };
      await post(options, call, undefined);
    },
  };
}

/** A worker under test: the real loop and real children against the strict protocol server. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { buffer } from 'node:stream/consumers';
import { setTimeout as wait } from 'node:timers/promises';
import { createGzip } from 'node:zlib';
import { type Header, pack } from 'tar-stream';
import { systemClock } from '#kernel/clock.ts';
import { workerClient } from '#worker/client.ts';
import { type ConsumeOptions, consume } from '#worker/loop.ts';
import type { Runtime } from '#worker/python.ts';
import { chooseLauncher } from '#worker/sandbox/choose.ts';
import { POOL, type ProtocolServer, startProtocolServer, WORKER_TOKEN } from './protocol-server.ts';

export type TarEntry = Partial<Header> & {
  readonly name: string;
  readonly contents?: string | Buffer;
};

export async function tarGz(entries: readonly TarEntry[]): Promise<Buffer> {
  const archive = pack();
  for (const { contents = '', ...header } of entries) {
    const body = header.type === undefined || header.type === 'file' ? contents : undefined;
    if (body === undefined) archive.entry(header);
    else archive.entry(header, body);
  }
  archive.finalize();
  return buffer(archive.pipe(createGzip()));
}

/** A child that is a shell script; `$1` is the work folder, the outputs are where it runs. */
export const shell =
  (script: string): Runtime =>
  (_claim, dirs) => ({ command: '/bin/sh', args: ['-c', script, 'sh', dirs.root] });

/** A child that is a Node script; `process.argv[1]` is the work folder. */
export const script =
  (source: string): Runtime =>
  (_claim, dirs) => ({ command: process.execPath, args: ['-e', source, dirs.root] });

/** Shell words that end a child well. */
export const DONE = `printf '{"status":"finished","artifacts":[]}' > "$1/result.json"`;

export interface WorkerKit {
  readonly server: ProtocolServer;
  readonly baseDir: string;
  readonly events: { readonly event: string; readonly facts: object }[];
  options(runtime: Runtime, more?: Partial<ConsumeOptions>): ConsumeOptions;
  /** Runs the loop until `until` holds, then stops it; returns how long the stop took. */
  runUntil(
    until: () => boolean,
    runtime: Runtime,
    more?: Partial<ConsumeOptions>,
  ): Promise<{ readonly stopMs: number }>;
  close(): Promise<void>;
}

export async function startKit(): Promise<WorkerKit> {
  const server = await startProtocolServer();
  server.files.set('plugins', await tarGz([{ name: 'trial/work.py', contents: 'x = 1\n' }]));
  server.files.set('artifact-plugins', await tarGz([{ name: 'manifest', contents: '{}' }]));
  const baseDir = mkdtempSync(join(tmpdir(), 'assay-worker-'));
  const events: { event: string; facts: object }[] = [];
  const options: WorkerKit['options'] = (runtime, more) => ({
    client: workerClient({ apiUrl: server.url, token: WORKER_TOKEN, pool: POOL }),
    apiUrl: server.url,
    pool: POOL,
    worker: 'tester',
    concurrency: 1,
    runtime,
    launcherOf: chooseLauncher({ path: process.env.PATH ?? '' }),
    baseDir,
    path: process.env.PATH ?? '',
    clock: systemClock,
    log: (event, facts = {}) => events.push({ event, facts }),
    reach: () => {},
    signal: new AbortController().signal,
    drainMs: 5_000,
    waitSeconds: more?.wake === undefined ? 0 : 1,
    ...more,
  });
  return {
    server,
    baseDir,
    events,
    options,
    async runUntil(until, runtime, more) {
      const stop = new AbortController();
      const consuming = consume(options(runtime, { signal: stop.signal, ...more }));
      let from = 0;
      try {
        await Promise.race([eventually(until), consuming]);
      } finally {
        from = performance.now();
        stop.abort();
        await consuming;
      }
      return { stopMs: performance.now() - from };
    },
    async close() {
      await server.close();
      await rm(baseDir, { recursive: true, force: true });
    },
  };
}

export async function eventually(holds: () => boolean, ms = 15_000): Promise<void> {
  const until = performance.now() + ms;
  while (!holds()) {
    if (performance.now() > until) throw new Error(`Still not so after ${ms} ms: ${holds}`);
    await wait(10);
  }
}

/** Whether a process is there, and not a dead one that nobody has asked for its exit code. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  const state = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' });
  return state.status === 0 && !state.stdout.trim().startsWith('Z');
}

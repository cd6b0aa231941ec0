import { type ChildProcess, type StdioNull, type StdioPipe, spawn } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';
import type { Counts } from './faulty-ports.ts';
import type { ApiOptions, WorkerOptions } from './options.ts';

const fileOf = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const API = fileOf('./api-process.ts');
const WORKER = fileOf('./worker-process.ts');

/** They end with us, who hold the other end of their standard input. */
const STDIO: [StdioPipe, StdioPipe, StdioNull] = ['pipe', 'pipe', 'inherit'];

const Ready = z.object({ token: z.string() });
const Told = z.object({ kind: z.string(), point: z.string() });

const isAlive = ({ exitCode, signalCode }: ChildProcess): boolean =>
  exitCode === null && signalCode === null;

async function end(child: ChildProcess): Promise<void> {
  if (!isAlive(child)) return;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

const ApiReport = z.object({
  faults: z.record(z.string(), z.number()),
  slowestSweepMs: z.number(),
});
type ApiReport = z.infer<typeof ApiReport>;

export interface ApiProcess {
  readonly url: string;
  readonly token: string;
  /** What its stores have done wrong and how long a sweep took, in all its lives. */
  report(): Promise<ApiReport>;
  switch(on: boolean): Promise<void>;
  kill(): Promise<void>;
  start(faulty: boolean): Promise<void>;
  signal(signal: NodeJS.Signals): void;
}

async function launchApi(options: ApiOptions) {
  const child = spawn(process.execPath, [API, JSON.stringify(options)], { stdio: STDIO });
  const [line] = await Promise.race([
    once(createInterface({ input: child.stdout }), 'line'),
    once(child, 'exit').then(() => [undefined]),
  ]);
  if (line === undefined) throw new Error('A process of the API did not start.');
  return { child, ...Ready.parse(JSON.parse(String(line))) };
}

/** Starts a process of the API. */
export async function startApi(options: ApiOptions): Promise<ApiProcess> {
  const url = `http://127.0.0.1:${options.port}`;
  let { child, token } = await launchApi(options);
  let lives = 1;
  let before: ApiReport = { faults: {}, slowestSweepMs: 0 };
  const ask = async (path: string): Promise<ApiReport> => {
    const signal = AbortSignal.timeout(10_000);
    const answer = await fetch(`${url}/_storm/${path}`, { method: 'POST', signal });
    return ApiReport.parse(await answer.json());
  };
  const report = async (): Promise<ApiReport> => {
    const now = isAlive(child) ? await ask('report').catch(() => undefined) : undefined;
    return {
      faults: addCounts(before.faults, now?.faults ?? {}),
      slowestSweepMs: Math.max(before.slowestSweepMs, now?.slowestSweepMs ?? 0),
    };
  };
  return {
    url,
    token,
    report,
    switch: async (on) => void (await ask(on ? 'on' : 'off')),
    signal: (signal) => void child.kill(signal),
    async kill() {
      before = await report();
      await end(child);
    },
    async start(faulty) {
      lives += 1;
      ({ child } = await launchApi({ ...options, faulty, seed: options.seed + lives * 7_919 }));
    },
  };
}

export const addCounts = (...all: readonly Counts[]): Counts => {
  const sum: Counts = {};
  for (const counts of all) {
    for (const [name, count] of Object.entries(counts)) sum[name] = (sum[name] ?? 0) + count;
  }
  return sum;
};

export interface Fleet {
  /** Sends a signal to some worker; a frozen one wakes up after `thawMs`. */
  signal(at: number, signal: 'SIGKILL' | 'SIGTERM' | 'SIGSTOP', thawMs: number): void;
  /** No more faults: all go on, and those that end are replaced as before. */
  calm(): void;
  stop(): Promise<void>;
}

export interface FleetOptions {
  readonly size: number;
  readonly optionsOf: (slot: number, life: number) => Omit<WorkerOptions, 'calm'>;
  /** How long a worker that froze by itself stays so. */
  readonly thawMs: () => number;
}

/** Wakes frozen processes up, later. */
function thawing() {
  const timers = new Set<NodeJS.Timeout>();
  return {
    later(child: ChildProcess, ms: number): void {
      const timer = setTimeout(() => {
        timers.delete(timer);
        child.kill('SIGCONT');
      }, ms);
      timers.add(timer);
    },
    stop(): void {
      for (const timer of timers) clearTimeout(timer);
    },
  };
}

function spawnWorker(options: WorkerOptions, onFreeze: (child: ChildProcess) => void) {
  const child = spawn(process.execPath, [WORKER, JSON.stringify(options)], { stdio: STDIO });
  createInterface({ input: child.stdout }).on('line', (line) => {
    const told = Told.safeParse(JSON.parse(line)).data;
    if (told?.kind === 'freeze') onFreeze(child);
    else if (told === undefined) console.log(options.name, line);
  });
  return child;
}

/** Keeps so many workers running, whatever ends them. */
export function startFleet({ size, optionsOf, thawMs }: FleetOptions): Fleet {
  const workers: ChildProcess[] = [];
  const thaw = thawing();
  let isOpen = true;
  let isCalm = false;
  const spawnAt = (slot: number, life: number): void => {
    const options = { ...optionsOf(slot, life), calm: isCalm };
    const child = spawnWorker(options, (frozen) => thaw.later(frozen, thawMs()));
    workers[slot] = child;
    child.once('exit', () => {
      if (isOpen) spawnAt(slot, life + 1);
    });
  };
  for (let slot = 0; slot < size; slot += 1) spawnAt(slot, 0);
  return {
    signal(at, signal, ms) {
      const child = workers[at % size];
      if (child === undefined) return;
      child.kill(signal);
      if (signal === 'SIGSTOP') thaw.later(child, ms);
    },
    calm() {
      isCalm = true;
      for (const worker of workers) {
        worker.kill('SIGCONT');
        // One that has not loaded yet dies of it, and its successor is calm.
        worker.kill('SIGUSR2');
      }
    },
    async stop() {
      isOpen = false;
      thaw.stop();
      await Promise.all(workers.map(end));
    },
  };
}

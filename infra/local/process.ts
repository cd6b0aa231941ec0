/** Small tools for the programs that run beside ours: a free port, a run to its end, a clean stop. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

/** The folder of the project. */
export const projectRoot = fileURLToPath(new URL('../..', import.meta.url));
/** What local runs keep between starts; git-ignored. */
export const localFolder = fileURLToPath(new URL('../../.local', import.meta.url));

export type Env = Readonly<Record<string, string | undefined>>;

/** A port of the loopback interface that nobody listened on a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('No port was given.');
  return address.port;
}

/** A port that another program listens on. */
export class PortTaken extends Error {
  readonly port: number;

  constructor(port: number) {
    super(`Port ${port} is taken by another program.`);
    this.name = 'PortTaken';
    this.port = port;
  }
}

/** Whether nobody listens on this port of the loopback interface. */
export async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    server.close();
    await once(server, 'close');
    return true;
  } catch {
    return false;
  }
}

export interface RunOptions {
  readonly env?: Env;
  readonly cwd?: string;
  /** Ends the program and all that it started. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Runs a program to its end and returns what it printed; the error of a failure shows its last
 * words. Throws the reason of `signal` when that ended it.
 */
export async function run(
  command: string,
  args: readonly string[],
  { env = process.env, cwd = projectRoot, signal }: RunOptions = {},
): Promise<string> {
  signal?.throwIfAborted();
  const child = spawn(command, args, {
    cwd,
    env: { ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    // With a group of its own, the signal ends the whole of it, and Ctrl-C only comes through us.
    detached: signal !== undefined,
  });
  const onAbort = () => child.pid !== undefined && killGroup(child.pid);
  signal?.addEventListener('abort', onAbort, { once: true });
  const printed: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => printed.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => printed.push(chunk));
  const [code] = await once(child, 'close');
  signal?.removeEventListener('abort', onAbort);
  signal?.throwIfAborted();
  const output = Buffer.concat(printed).toString('utf8');
  if (code === 0) return output;
  const lastWords = output.trimEnd().split('\n').slice(-30).join('\n');
  throw new Error(`${command} ${args.join(' ')} failed (${String(code)}):\n${lastWords}`);
}

/** Asks the process group of `child` to stop, waits, and after `graceMs`, or on `hurry`, makes it. */
export async function stopGroup(
  child: ChildProcess,
  graceMs: number,
  hurry?: AbortSignal,
): Promise<void> {
  if (child.pid === undefined) return;
  if (child.exitCode === null && child.signalCode === null) {
    const closed = once(child, 'exit');
    child.kill('SIGTERM');
    const waiting = sleep(graceMs, undefined, { ref: false, ...(hurry && { signal: hurry }) });
    const inTime = await Promise.race([
      closed.then(() => true),
      waiting.then(
        () => false,
        () => false,
      ),
    ]);
    if (!inTime) killGroup(child.pid);
    await closed;
  }
  // What the program left behind, if it had started others.
  killGroup(child.pid);
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // The group is gone already, which is what was wanted.
  }
}

/** Calls `probe` until it is true; gives up after `timeoutMs` or when `child` ends. */
export async function waitUntil(
  probe: () => Promise<boolean>,
  options: { readonly timeoutMs: number; readonly what: string; readonly child?: ChildProcess },
): Promise<void> {
  const deadline = performance.now() + options.timeoutMs;
  while (performance.now() < deadline) {
    if (options.child !== undefined && options.child.exitCode !== null) {
      throw new Error(`${options.what} ended with code ${options.child.exitCode} while starting.`);
    }
    if (await probe().catch(() => false)) return;
    await sleep(50);
  }
  throw new Error(`${options.what} was not ready after ${options.timeoutMs / 1000} s.`);
}

/** A worker on this machine: the container's entry as a child process. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { type Env, projectRoot } from './process.ts';

/** As the image starts it: with more room for what is new its memory grows by half and nothing is faster. */
export const WORKER_FLAGS: readonly string[] = ['--max-semi-space-size=1'];

/** Starts it with `env` and nothing else of this process but the PATH; its output goes to `logFile`. */
export function spawnWorker(env: Env, logFile: string): ChildProcess {
  const log = openSync(logFile, 'a');
  const program = join(projectRoot, 'infra/local/worker-process.ts');
  const child = spawn(process.execPath, [...WORKER_FLAGS, program], {
    cwd: projectRoot,
    env: { PATH: process.env.PATH, ...env },
    // Ctrl-C in a terminal reaches us first, and we stop it in order.
    detached: true,
    stdio: ['pipe', log, log],
  });
  closeSync(log);
  return child;
}

/** Resolves, with what to tell, when the worker ends although we did not stop it. */
export async function workerDeath(worker: ChildProcess, logFile: string): Promise<string> {
  const [code, signal] = await once(worker, 'exit');
  if (worker.killed) return new Promise(() => {});
  const how = signal === null ? `with code ${String(code)}` : `by ${String(signal)}`;
  return `the worker ended ${how}: no job runs until the next start; its log is ${logFile}`;
}

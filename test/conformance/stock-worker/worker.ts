import { spawn } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const script = fileURLToPath(new URL('run.py', import.meta.url));

export interface StockWorker {
  /** Runs a job to its end; resolves with what the function threw, if anything. */
  run(jobId: number, experimentId: number): Promise<string | null>;
  /** What the process wrote to its standard error. */
  errors(): string;
  stop(): Promise<void>;
}

/** Dioptra's worker function in a Python process with this environment alone. */
export function stockWorker(
  python: string,
  env: Readonly<Record<string, string>>,
  cwd: string,
): StockWorker {
  const child = spawn(python, [script], {
    cwd,
    env: { PATH: process.env.PATH, HOME: cwd, ...env },
    stdio: 'pipe',
  });
  const ended = once(child, 'close');
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => {
    errors += chunk.toString();
  });
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    async run(jobId, experimentId) {
      child.stdin.write(`${JSON.stringify([jobId, experimentId])}\n`);
      for (;;) {
        const { value, done } = await answers.next();
        if (done === true) throw new Error(`The worker ended:\n${errors}`);
        // Log lines of the job go to standard output, too.
        if (value.startsWith('{"end":')) return JSON.parse(value).end as string | null;
      }
    },
    errors: () => errors,
    async stop() {
      child.stdin.end();
      await ended;
    },
  };
}

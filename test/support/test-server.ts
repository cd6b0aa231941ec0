import { spawn } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const script = fileURLToPath(new URL('../../infra/local/serve-test.ts', import.meta.url));

export interface TestServer {
  readonly url: string;
  stop(): Promise<void>;
}

/** What `npm run serve:test` starts, in a process of its own, on a port that is free; `--jobs`, `--ui` as there. */
export async function startTestServer(...options: readonly string[]): Promise<TestServer> {
  const child = spawn(process.execPath, [script, '--port', '0', ...options], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  let printed = '';
  for await (const chunk of child.stdout) {
    printed += String(chunk);
    if (printed.includes('\n')) break;
  }
  if (printed === '') throw new Error('The test server did not start.');
  return {
    url: printed.trim(),
    async stop() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

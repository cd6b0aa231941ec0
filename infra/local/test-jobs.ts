/** A worker inside the test server, on the server's own messages. */
import { join } from 'node:path';
import process from 'node:process';
import { createWorkerToken } from '../../functions/domain/jobs/index.ts';
import type { EmbeddedPlatform } from '../../functions/embedded/context.ts';
import { workerClient } from '../../functions/worker/client.ts';
import { faultAt } from '../../functions/worker/faults.ts';
import { consume } from '../../functions/worker/loop.ts';
import { pythonRuntime } from '../../functions/worker/python.ts';
import { chooseLauncher } from '../../functions/worker/sandbox/choose.ts';
import { prepareBaseDir } from '../../functions/worker/work-dir.ts';

const POOL = 'default';
const TOKEN_SECONDS = 86_400;
/** Whoever empties the server does not wait for jobs. */
const DRAIN_MS = 500;

export interface TestJobsOptions {
  readonly platform: EmbeddedPlatform;
  readonly url: string;
  readonly folder: string;
  /** The interpreter that has the task engine. */
  readonly python: string;
}

/** Takes jobs until `stop` is called; what runs then is given back or killed. */
export interface TestJobs {
  stop(): Promise<void>;
}

export async function startTestJobs(options: TestJobsOptions): Promise<TestJobs> {
  const { platform, url, python } = options;
  const path = process.env.PATH ?? '/usr/bin:/bin';
  const stop = new AbortController();
  const system = { ...platform, actor: { kind: 'system' }, defer: () => undefined } as const;
  const token = await createWorkerToken(system, { pool: POOL, seconds: TOKEN_SECONDS });
  const running = consume({
    client: workerClient({ apiUrl: url, token, pool: POOL }),
    apiUrl: url,
    pool: POOL,
    worker: 'test server',
    wake: platform.messages,
    concurrency: 1,
    runtime: pythonRuntime(python),
    launcherOf: chooseLauncher({ path }),
    baseDir: await prepareBaseDir(join(options.folder, 'work')),
    path,
    clock: platform.clock,
    log: () => undefined,
    reach: faultAt(undefined),
    signal: stop.signal,
    drainMs: DRAIN_MS,
  }).catch((error: unknown) => platform.log.error('test_jobs', { message: String(error) }));
  return {
    async stop() {
      stop.abort();
      await running;
    },
  };
}

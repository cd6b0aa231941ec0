import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startCheckpoints } from '#embedded/checkpoints.ts';
import { embeddedPlatform } from '#embedded/context.ts';
import type { Clock } from '#kernel/clock.ts';
import type { Context, LeaseTimes, Logger, Settings } from '#kernel/context.ts';
import { adminOf } from './admin.ts';
import { inProcess } from './background.ts';
import { type AccessLine, startLocalServer } from './local-server.ts';
import { localWarehouse } from './local-warehouse.ts';
import { repositories } from './repositories.ts';
import { sweepAll } from './sweep.ts';
import { VERSION } from './version.ts';

export interface LocalOptions {
  /** Where everything is kept between starts. */
  readonly folder: string;
  readonly port: number;
  readonly registration: Settings['registration'];
  readonly log: Logger;
  /** The pools of workers; `default` alone when missing. */
  readonly pools?: Settings['pools'];
  readonly gitHosts?: Settings['gitHosts'];
  readonly lease?: LeaseTimes;
  /** Between two looks for unsent and lost jobs. */
  readonly sweepMs?: number;
  /** Another time than the machine's. */
  readonly clock?: Clock;
  readonly onRequest?: (line: AccessLine) => void;
  /** Folder of the built dashboard; without it there is none. */
  readonly ui?: string | undefined;
}

export interface Local {
  readonly url: string;
  /** Address of the dashboard, where there is one. */
  readonly ui: string | undefined;
  /** Where the worker beside it finds its messages. */
  readonly messagesFile: string;
  /** Makes the first user; `undefined` when the deployment has users already. */
  createFirstUser(username: string): Promise<{ readonly password: string } | undefined>;
  /** A token for workers of a pool. */
  createWorkerToken(pool?: string): Promise<string>;
  close(): Promise<void>;
}

const SWEEP_MS = 5_000;
const WORKER_TOKEN_SECONDS = 30 * 86_400;

/** The secret that signs URLs, the same at every start. */
function keptSecret(folder: string): string {
  const file = join(folder, 'secret');
  if (!existsSync(file)) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    writeFileSync(file, randomBytes(32).toString('base64url'), { mode: 0o600, flag: 'wx' });
  }
  return readFileSync(file, 'utf8');
}

/** Sweeps every few seconds until it is stopped. */
function startSweeper(ctx: Context, purge: () => void, everyMs: number): () => Promise<void> {
  const stop = new AbortController();
  const running = (async () => {
    while (!stop.signal.aborted) {
      purge();
      await sweepAll(ctx);
      await sleep(everyMs, undefined, { signal: stop.signal }).catch(() => undefined);
    }
  })();
  return async () => {
    stop.abort();
    await running;
  };
}

/** The whole of Assay on this machine but the worker: API, sweeper and store in one process. */
export async function startLocal(options: LocalOptions): Promise<Local> {
  const { folder, port, registration, gitHosts = [], log, lease, onRequest } = options;
  let address = '';
  const platform = embeddedPlatform({
    folder,
    baseUrl: () => address,
    secret: keptSecret(folder),
    settings: {
      registration,
      gitHosts,
      pools: options.pools ?? [{ name: 'default', kind: 'managed' }],
      passwordLogN: 17,
      version: VERSION,
      ...(lease === undefined ? {} : { lease }),
    },
    background: (own) => inProcess(own, join(folder, 'work')),
    warehouse: (blobs) => localWarehouse(blobs, join(folder, 'work')),
    repositories,
    log,
    ...(options.clock === undefined ? {} : { clock: options.clock }),
  });
  const stopCheckpoints = startCheckpoints(platform.databases, (error) =>
    log.error('checkpoints', { message: String(error) }),
  );
  const server = await startLocalServer({
    platform,
    port,
    ui: options.ui,
    ...(onRequest === undefined ? {} : { onRequest }),
  });
  address = server.url;
  const admin = adminOf(platform);
  const purge = () => void platform.table.purgeExpired(platform.clock.now());
  const stopSweeper = startSweeper(admin.system, purge, options.sweepMs ?? SWEEP_MS);
  return {
    url: server.url,
    ui: server.ui,
    messagesFile: join(folder, 'messages.sqlite'),
    createFirstUser: admin.createFirstUser,
    createWorkerToken: (pool = 'default') => admin.createWorkerToken(pool, WORKER_TOKEN_SECONDS),
    async close() {
      await stopSweeper();
      await server.close();
      await stopCheckpoints();
      platform.close();
    },
  };
}

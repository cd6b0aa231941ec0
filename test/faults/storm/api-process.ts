/** One of several processes of the API of one deployment, with a clock and with stores of its own moods. */
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { awsPlatform } from '#aws/context.ts';
import { embeddedPlatform } from '#embedded/context.ts';
import { adminOf } from '#entry/admin.ts';
import { buildApp } from '#entry/app.ts';
import { deferring } from '#entry/deferred.ts';
import { serveHttp } from '#entry/node-server.ts';
import { repositories } from '#entry/repositories.ts';
import { sweepAll } from '#entry/sweep.ts';
import { createCache } from '#kernel/cache.ts';
import type { Platform, Settings } from '#kernel/context.ts';
import { diceOf } from './dice.ts';
import { withFaults } from './faulty-ports.ts';
import { ApiOptions } from './options.ts';

const TOKEN_SECONDS = 86_400;

const options = ApiOptions.parse(JSON.parse(process.argv[2] ?? ''));
const { store, pool, lease, sweepMs, skewMs } = options;
const url = `http://127.0.0.1:${options.port}`;
const settings: Settings = {
  registration: 'open',
  pools: [{ name: pool, kind: 'managed' }],
  // Nobody guesses passwords here.
  passwordLogN: 10,
  version: 'storm',
  lease,
};
const isLoud = process.env.VERBOSE === '1';
const log = {
  info: () => undefined,
  error: (event: string, fields?: object) =>
    isLoud ? console.error(JSON.stringify({ event, ...fields })) : undefined,
};

function openPlatform(): Platform {
  if (store.kind === 'embedded') {
    const { folder, secret } = store;
    return embeddedPlatform({ folder, baseUrl: url, secret, settings, log });
  }
  const { endpoint, tableName, bucket, queues } = store;
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const aws = { endpoint, region: 'us-east-1', credentials };
  return awsPlatform({ tableName, bucket, queues, repositories, settings, log, aws });
}

// Stores have clocks of their own, which are right.
const clock = { now: () => Date.now() + skewMs };
const stores = openPlatform();
const platform = withFaults(
  { ...stores, clock, cache: createCache(clock) },
  { dice: diceOf(options.seed), rates: options.rates, on: options.faulty },
);
const background = deferring(log);
const app = buildApp(platform, background.defer);

let slowestSweepMs = 0;

async function answer(request: Request): Promise<Response> {
  const { pathname } = new URL(request.url);
  if (pathname === '/_storm/on' || pathname === '/_storm/off') {
    platform.faults.set(pathname === '/_storm/on');
  }
  if (pathname.startsWith('/_storm/')) {
    return Response.json({ faults: platform.faults.counts, slowestSweepMs });
  }
  if (pathname.startsWith('/_blobs/') && 'handleRequest' in stores.blobs) {
    const { handleRequest } = stores.blobs as { handleRequest: (r: Request) => Promise<Response> };
    return handleRequest(request);
  }
  return app.fetch(request);
}

async function sweepForEver(everyMs: number): Promise<void> {
  const { system } = adminOf(platform);
  for (;;) {
    const from = performance.now();
    await sweepAll(system);
    slowestSweepMs = Math.max(slowestSweepMs, Math.round(performance.now() - from));
    await sleep(everyMs);
  }
}

await serveHttp({ port: options.port, fetch: answer });
const token = await adminOf({ ...platform, ...stores }).createWorkerToken(pool, TOKEN_SECONDS);
process.stdout.write(`${JSON.stringify({ token })}\n`);
process.stdin.on('end', () => process.exit(1)).resume();
process.once('SIGTERM', () => process.exit(0));
if (sweepMs !== undefined) await sweepForEver(sweepMs);

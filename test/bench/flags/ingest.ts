/** Batches of a thousand events: over HTTP until they are stored, and by the handler of the function. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { LambdaContext, LambdaEvent } from 'hono/aws-lambda';
import { findProject } from '#domain/projects/index.ts';
import { embeddedPlatform } from '#embedded/context.ts';
import { lambdaAnswers } from '#entry/lambda-answers.ts';
import { buildPublicApp } from '#entry/public-app.ts';
import type { Blobs } from '#kernel/blobs.ts';
import type { Context } from '#kernel/context.ts';
import { batchesOf, type World } from '../../conformance/posthog/generator.ts';
import { toEvent } from '../../support/gateway/events.ts';
import { startChild } from '../frame/child.ts';
import { rounded } from '../frame/figures.ts';
import { useOf } from '../frame/processes.ts';
import type { EmbeddedReady } from '../processes/embedded.ts';

export interface IngestRow {
  readonly where: string;
  readonly events: number;
  readonly acknowledgedPerSecond: number;
  readonly storedPerSecond?: number;
  /** Of whoever takes them; with what stores them, where that is the same process. */
  readonly cpuMsPerThousand: number;
  readonly rssMb: number;
}

export interface IngestOptions {
  readonly events: number;
  readonly signal: AbortSignal;
  readonly say: (line: string) => void;
}

const BATCH = 1_000;
const CONNECTIONS = 4;
const GROUP = 2;
const EVENTS_A_USER = 10;
const quiet = { info: () => undefined, error: () => undefined };
const SETTINGS = { registration: 'open', pools: [], passwordLogN: 10, version: 'bench' } as const;

const storeIn = (folder: string, inMemory: boolean) =>
  embeddedPlatform({
    ...{ folder, inMemory, settings: SETTINGS, log: quiet },
    baseUrl: 'http://localhost',
    secret: 'nobody signs with this one',
  });

/** Bodies as posthog-node sends them, made before the clock starts. */
function bodiesOf(events: number, token: string): readonly Buffer[] {
  const world: World = {
    seed: 5,
    users: Math.ceil((2 * events) / EVENTS_A_USER),
    flag: 'exp',
    variants: [
      ['control', 50],
      ['test', 50],
    ],
    // Nobody does anything later than now.
    start: new Date(Date.now() - 120 * 86_400_000),
    days: 21,
    lift: 0.1,
  };
  const bodies: Buffer[] = [];
  for (const batch of batchesOf(world, BATCH)) {
    if (bodies.length * BATCH >= events) break;
    bodies.push(gzipSync(JSON.stringify({ api_key: token, batch })));
  }
  return bodies;
}

const HEADERS = { 'content-type': 'application/json', 'content-encoding': 'gzip' };

/** Sends everything over a few connections; each sends the next when it has its answer. */
async function sendAll(bodies: readonly Buffer[], send: (body: Buffer) => Promise<number>) {
  const waiting = [...bodies];
  const work = async (): Promise<void> => {
    for (let body = waiting.shift(); body !== undefined; body = waiting.shift()) {
      const status = await send(body);
      if (status !== 200) throw new Error(`A batch was answered ${status}.`);
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, work));
}

/** How many lines lie in the store; each object is read once. */
function counterOf(blobs: Blobs) {
  const seen = new Map<string, number>();
  return async (): Promise<number> => {
    let after: string | undefined;
    do {
      const page = await blobs.list(
        `events/${GROUP}/incoming/`,
        after === undefined ? {} : { after },
      );
      for (const { key } of page.objects) {
        if (seen.has(key)) continue;
        const lines = gunzipSync((await blobs.get(key)) ?? gzipSync('')).toString();
        seen.set(key, lines.split('\n').length - 1);
      }
      after = page.next;
    } while (after !== undefined);
    return [...seen.values()].reduce((sum, lines) => sum + lines, 0);
  };
}

async function tokenOf(ctx: Context): Promise<string> {
  return (await findProject(ctx, GROUP)).token;
}

const systemOf = (platform: ReturnType<typeof storeIn>): Context => ({
  ...platform,
  actor: { kind: 'system' },
  defer: () => undefined,
});

async function overHttp(folder: string, { events, signal }: IngestOptions): Promise<IngestRow> {
  const child = await startChild<EmbeddedReady>(
    new URL('../processes/embedded.ts', import.meta.url),
    { folder, port: 0 },
  );
  const beside = storeIn(folder, false);
  try {
    const bodies = bodiesOf(events, await tokenOf(systemOf(beside)));
    const sent = bodies.length * BATCH;
    const before = useOf([child.pid])?.cpuMs ?? 0;
    const startedAt = performance.now();
    await sendAll(bodies, async (body) => {
      const { url } = child.ready;
      const init = { method: 'POST', headers: HEADERS, body: new Uint8Array(body), signal };
      const answer = await fetch(`${url}/batch/`, init);
      await answer.arrayBuffer();
      return answer.status;
    });
    const acknowledged = performance.now() - startedAt;
    const count = counterOf(beside.blobs);
    while ((await count()) < sent) await sleep(100, undefined, { signal });
    const stored = performance.now() - startedAt;
    const use = useOf([child.pid]);
    return {
      where: 'a server, until all are stored',
      events: sent,
      acknowledgedPerSecond: rounded((1_000 * sent) / acknowledged),
      storedPerSecond: rounded((1_000 * sent) / stored),
      cpuMsPerThousand: rounded(((use?.cpuMs ?? 0) - before) / bodies.length),
      rssMb: Math.round((use?.rssBytes ?? 0) / 1e6),
    };
  } finally {
    beside.close();
    await child.stop();
  }
}

const CONTEXT = { getRemainingTimeInMillis: () => 30_000 } as unknown as LambdaContext;

async function byHandler(folder: string, { events }: IngestOptions): Promise<IngestRow> {
  const platform = storeIn(folder, true);
  try {
    const bodies = bodiesOf(events, await tokenOf(systemOf(platform)));
    const handler = lambdaAnswers(platform, buildPublicApp);
    const before = process.cpuUsage();
    const startedAt = performance.now();
    await sendAll(bodies, async (body) => {
      const event = toEvent({
        method: 'POST',
        target: '/batch/',
        protocol: 'HTTP/1.1',
        headers: [['host', 'localhost'], ...Object.entries(HEADERS)],
        body,
        sourceIp: '127.0.0.1',
        scheme: 'https',
        port: 443,
        requestId: 'bench',
        receivedAt: new Date(),
      });
      const result = await handler(event as unknown as LambdaEvent, CONTEXT);
      return 'statusCode' in result ? Number(result.statusCode) : 0;
    });
    const seconds = (performance.now() - startedAt) / 1_000;
    const { user, system } = process.cpuUsage(before);
    return {
      where: 'the handler of the function',
      events: bodies.length * BATCH,
      acknowledgedPerSecond: rounded((bodies.length * BATCH) / seconds),
      cpuMsPerThousand: rounded((user + system) / 1_000 / bodies.length),
      rssMb: Math.round(process.memoryUsage.rss() / 1e6),
    };
  } finally {
    platform.close();
  }
}

/** Each on a store of its own. */
export async function measureIngest(options: IngestOptions): Promise<readonly IngestRow[]> {
  const rows: IngestRow[] = [];
  for (const measure of [overHttp, byHandler]) {
    options.say(`${options.events.toLocaleString('en-US')} events are taken`);
    const folder = await mkdtemp(join(tmpdir(), 'assay-bench-ingest-'));
    try {
      rows.push(await measure(folder, options));
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }
  return rows;
}

/** How many events a second are taken, and what they cost: batches as SDKs send them, over kept connections. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { Client } from 'undici';
import { EVENTS_QUEUE } from '#domain/events/parcel.ts';
import { openSqliteMessages } from '#embedded/sqlite-messages.ts';
import { systemClock } from '#kernel/clock.ts';
import { batchesOf } from '../../conformance/posthog/generator.ts';
import { apiOf, overHttp } from '../core/api.ts';
import { signUp } from '../core/world.ts';
import { type ChildServer, startChild } from '../frame/child.ts';
import { rounded } from '../frame/figures.ts';
import { exchange } from '../frame/load.ts';
import { useOf } from '../frame/processes.ts';
import type { EmbeddedInput, EmbeddedReady } from '../processes/embedded.ts';
import type { IngestFunctionInput, IngestFunctionReady } from '../processes/ingest-function.ts';

export interface IngestRow {
  readonly where: string;
  readonly events: number;
  /** Answered: the queue has them. */
  readonly acknowledgedPerSecond: number;
  /** From the first byte sent until the last event is in an object; absent where nothing is stored. */
  readonly storedPerSecond?: number;
  /** Of the server: to take them, and to store them where it does that, too. */
  readonly cpuMsPerThousand: number;
  readonly rssMb: number;
}

interface IngestOptions {
  readonly events: number;
  readonly signal: AbortSignal;
  readonly say: (line: string) => void;
}

const BATCH = 1_000;
const CONNECTIONS = 4;
const EVENTS_A_USER = 10.3;
const POLL_MS = 50;
/** So much before what is measured, for compilers to be done. */
const WARM_UP = 20;

/** Made before the clock starts, so that the client's work is to send. */
function bodiesOf(token: string, events: number, seed: number): readonly Buffer[] {
  const start = new Date(Math.floor(Date.now() / 86_400_000 - 90) * 86_400_000);
  const variants = [
    ['control', 50],
    ['test', 50],
  ] as const;
  const users = Math.ceil((events * 1.05) / EVENTS_A_USER);
  const world = { seed, users, flag: 'priced', variants, start, days: 7, lift: 0.05 };
  const bodies: Buffer[] = [];
  for (const batch of batchesOf(world, BATCH)) {
    if (bodies.length * BATCH >= events) break;
    bodies.push(gzipSync(JSON.stringify({ api_key: token, batch })));
  }
  return bodies;
}

/** Sends all of it, each connection the next as soon as it has its answer. */
async function sendAll(
  url: string,
  bodies: readonly Buffer[],
  signal: AbortSignal,
): Promise<number> {
  const left = [...bodies];
  const connections = Array.from({ length: CONNECTIONS }, () => new Client(url));
  const startedAt = performance.now();
  const work = async (connection: Client): Promise<void> => {
    for (let body = left.shift(); body !== undefined; body = left.shift()) {
      signal.throwIfAborted();
      const headers = { 'content-encoding': 'gzip' };
      const { status, text } = await exchange(
        connection,
        { method: 'POST', path: '/batch/', body },
        headers,
      );
      if (status !== 200) throw new Error(`POST /batch/: ${status} ${text}`);
    }
  };
  try {
    await Promise.all(connections.map(work));
    return (performance.now() - startedAt) / 1_000;
  } finally {
    await Promise.all(connections.map((connection) => connection.destroy()));
  }
}

interface Place {
  readonly where: string;
  readonly pid: number;
  readonly url: string;
  readonly token: string;
  /** Resolves when nothing that was sent waits to be stored; absent where nothing is. */
  readonly stored?: () => Promise<void>;
}

async function measureAt(place: Place, { events, signal }: IngestOptions): Promise<IngestRow> {
  const { where, pid, url, token, stored } = place;
  const warmUp = bodiesOf(token, WARM_UP * BATCH, 1);
  const bodies = bodiesOf(token, events, 2);
  await sendAll(url, warmUp, signal);
  await stored?.();
  const before = useOf([pid]);
  const startedAt = performance.now();
  const seconds = await sendAll(url, bodies, signal);
  await stored?.();
  const storedSeconds = (performance.now() - startedAt) / 1_000;
  const after = useOf([pid]);
  const sent = bodies.length * BATCH;
  return {
    where,
    events: sent,
    acknowledgedPerSecond: rounded(sent / seconds),
    ...(stored !== undefined && { storedPerSecond: rounded(sent / storedSeconds) }),
    cpuMsPerThousand: rounded((((after?.cpuMs ?? 0) - (before?.cpuMs ?? 0)) * 1_000) / sent),
    rssMb: Math.round((after?.rssBytes ?? 0) / 1e6),
  };
}

/** Waits for the writer, which has the last messages out of sight while it stores them. */
async function waitUntilStored(messagesFile: string, signal: AbortSignal): Promise<void> {
  const farAhead = { now: () => systemClock.now() + 3_600_000 };
  const messages = openSqliteMessages(messagesFile, { clock: farAhead });
  try {
    while ((await messages.backlog(EVENTS_QUEUE)) > 0) await sleep(POLL_MS, undefined, { signal });
  } finally {
    messages.close();
  }
}

async function embeddedPlace(
  { ready: { url, messagesFile }, pid }: ChildServer<EmbeddedReady>,
  signal: AbortSignal,
): Promise<Place> {
  const api = apiOf(overHttp(url), { authorization: `Bearer ${await signUp(overHttp(url))}` });
  const { id } = await api.post('/api/v1/groups', { name: 'ingest' });
  const project = (await (await api.ask('GET', `/api/projects/${id}/`)).json()) as {
    readonly api_token: string;
  };
  return {
    where: 'embedded server over HTTP',
    pid,
    url,
    token: project.api_token,
    stored: () => waitUntilStored(messagesFile, signal),
  };
}

/** Both one after the other, each in a process of its own. */
export async function measureIngest(options: IngestOptions): Promise<readonly IngestRow[]> {
  const { events, signal, say } = options;
  const folder = await mkdtemp(join(tmpdir(), 'assay-bench-ingest-'));
  const running: ChildServer<unknown>[] = [];
  const start = async <Ready>(name: string, input: object): Promise<ChildServer<Ready>> => {
    const file = new URL(`../processes/${name}.ts`, import.meta.url);
    const child = await startChild<Ready>(file, input);
    running.push(child);
    return child;
  };
  try {
    say(`${events.toLocaleString('en-US')} events to the server`);
    const input: EmbeddedInput = { folder, port: 0 };
    const server = await start<EmbeddedReady>('embedded', input);
    const first = await measureAt(await embeddedPlace(server, signal), options);
    await server.stop();
    say(`${events.toLocaleString('en-US')} events to the function`);
    const own: IngestFunctionInput = { folder: join(folder, 'function') };
    const { ready, pid } = await start<IngestFunctionReady>('ingest-function', own);
    const second = await measureAt({ where: 'handler of the function', pid, ...ready }, options);
    return [first, second];
  } finally {
    for (const child of running) await child.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

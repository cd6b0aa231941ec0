/** Sends all events of a world as programs do that must lose none: what was not acknowledged is sent again. */
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { Client } from 'undici';
import { exchange } from '../../bench/frame/load.ts';
import { batchesOf, type SentEvent, type World } from './generator.ts';

export interface Sending {
  readonly url: string;
  readonly token: string;
  readonly world: World;
  readonly batch: number;
  readonly connections: number;
  /** Sees each batch once, before it is sent. */
  readonly onBatch?: (events: readonly SentEvent[]) => void;
  /** Called when so many events are acknowledged. */
  readonly onAcknowledged: (events: number) => void;
}

export interface Sent {
  readonly events: number;
  readonly seconds: number;
  /** Batches that were sent again on purpose, and since no answer came. */
  readonly doubled: number;
  readonly repeated: number;
}

/** Of this many batches one comes twice. */
const ONE_OF = 10;
const PAUSE_MS = 50;
const GIVE_UP_MS = 60_000;

/** Resolves when the server has it; returns how often it was tried in vain. */
async function sendOne(connection: Client, body: Buffer): Promise<number> {
  const request = { method: 'POST', path: '/batch/', body } as const;
  const endsOn = performance.now() + GIVE_UP_MS;
  for (let failures = 0; ; failures += 1) {
    const outcome = await exchange(connection, request, { 'content-encoding': 'gzip' }).catch(
      (error: unknown) => ({ status: 0, text: String(error) }),
    );
    if (outcome.status === 200) return failures;
    const mayCome = outcome.status === 0 || outcome.status >= 500;
    if (!mayCome || performance.now() > endsOn) {
      throw new Error(`POST /batch/: ${outcome.status} ${outcome.text}`);
    }
    await sleep(PAUSE_MS);
  }
}

export async function sendWorld(sending: Sending): Promise<Sent> {
  const { url, token, world, onBatch, onAcknowledged } = sending;
  const batches = batchesOf(world, sending.batch);
  let [number, events, doubled, repeated] = [0, 0, 0, 0];
  const work = async (connection: Client): Promise<void> => {
    for (let next = batches.next(); next.done !== true; next = batches.next()) {
      const batch = next.value;
      onBatch?.(batch);
      number += 1;
      const isDoubled = number % ONE_OF === 0;
      const body = gzipSync(JSON.stringify({ api_key: token, batch }), { level: 1 });
      repeated += await sendOne(connection, body);
      events += batch.length;
      onAcknowledged(events);
      if (!isDoubled) continue;
      repeated += await sendOne(connection, body);
      doubled += 1;
    }
  };
  const connections = Array.from({ length: sending.connections }, () => new Client(url));
  const startedAt = performance.now();
  try {
    await Promise.all(connections.map(work));
    return { events, doubled, repeated, seconds: (performance.now() - startedAt) / 1_000 };
  } finally {
    await Promise.all(connections.map((connection) => connection.destroy()));
  }
}

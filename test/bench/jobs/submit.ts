/** Jobs by the lowest call of the client: as many as can be over some connections, or one by one. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'undici';
import { exchange, WrongAnswer } from '../frame/load.ts';
import type { Cluster } from './cluster.ts';
import { now } from './native.ts';

const CLIENTS = 8;

type Target = Pick<Cluster, 'url' | 'headers' | 'submission' | 'api'>;

export interface Submitted {
  readonly seconds: number;
  /** Milliseconds of each. */
  readonly latencies: readonly number[];
}

/** Submits so many jobs, each connection the next as soon as it has its answer. */
export async function submitMany(
  { url, headers, submission }: Target,
  count: number,
  signal: AbortSignal,
): Promise<Submitted> {
  const latencies: number[] = [];
  let left = count;
  const one = async (connection: Client): Promise<void> => {
    while (left > 0) {
      signal.throwIfAborted();
      left -= 1;
      const from = performance.now();
      const { status, text } = await exchange(connection, submission, headers);
      if (status !== 200) throw new WrongAnswer(`${submission.path}: ${status} ${text}`);
      latencies.push(performance.now() - from);
    }
  };
  const connections = Array.from({ length: CLIENTS }, () => new Client(url, { pipelining: 1 }));
  try {
    const startedAt = performance.now();
    await Promise.all(connections.map(one));
    return { seconds: (performance.now() - startedAt) / 1000, latencies };
  } finally {
    await Promise.all(connections.map((connection) => connection.destroy()));
  }
}

/** Submits a job every so often; gives when each was answered, by the job's id. */
export async function submitSteadily(
  { api, submission }: Target,
  count: number,
  everyMs: number,
  signal: AbortSignal,
): Promise<ReadonlyMap<number, number>> {
  const answered = new Map<number, number>();
  const body: unknown = JSON.parse(submission.body ?? '');
  for (let made = 0; made < count; made += 1) {
    // Not in step with whoever looks for messages.
    await sleep(everyMs * (0.5 + Math.random()), undefined, { signal });
    const { id } = await api.post(submission.path, body);
    answered.set(id, now());
  }
  return answered;
}

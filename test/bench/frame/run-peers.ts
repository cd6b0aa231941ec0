import type { Cell, Peer } from './peer.ts';
import { measure, type NamedPeer, type RoundOptions } from './rounds.ts';

export interface RunOptions extends RoundOptions {
  readonly say: (line: string) => void;
}

export interface PeerFigures {
  readonly cells: readonly Cell[];
  readonly notes: readonly string[];
}

interface Started {
  readonly running: NamedPeer[];
  readonly notes: string[];
}

/** Stops each, the last that was started first, and all of them even when one fails. */
export function stopAll(stops: readonly (() => Promise<void>)[]): () => Promise<void> {
  return async () => {
    const failures: unknown[] = [];
    for (const stop of stops.toReversed()) {
      await stop().catch((error: unknown) => failures.push(error));
    }
    if (failures.length > 0) throw new AggregateError(failures, 'A server did not stop.');
  };
}

/** Starts them one after the other, so that each one's processes can be told apart. */
async function startPeers(peers: readonly Peer[], started: Started, options: RunOptions) {
  for (const peer of peers) {
    options.signal.throwIfAborted();
    options.say(`starting ${peer.name}`);
    const answer = await peer.start();
    if (typeof answer === 'string') {
      options.say(`${peer.name} is left out: ${answer}`);
      started.notes.push(`${peer.name} is left out: ${answer}`);
      continue;
    }
    started.running.push({ ...answer, name: peer.name });
    started.notes.push(...answer.notes);
  }
}

/** Starts peers, measures those that can run here, and stops them whatever happens. */
export async function runPeers(peers: readonly Peer[], options: RunOptions): Promise<PeerFigures> {
  const started: Started = { running: [], notes: [] };
  try {
    await startPeers(peers, started, options);
    return { cells: await measure(started.running, options), notes: started.notes };
  } finally {
    await stopAll(started.running.map((peer) => peer.stop))();
  }
}

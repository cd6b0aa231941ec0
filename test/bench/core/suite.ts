/** The suite `core`: our server in both forms, and the figures that need no load. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildLambdas } from '../../../infra/build.ts';
import type { Cell, Peer } from '../frame/peer.ts';
import { measure, type NamedPeer } from '../frame/rounds.ts';
import { type ColdStart, measureColdStarts } from './cold-start.ts';
import { type IdleMemory, measureIdleMemory } from './memory.ts';
import {
  embeddedPeer,
  floorPeer,
  getItemPeer,
  lambdaPeer,
  type PeerOptions,
  startDynamo,
  stopAll,
} from './peers.ts';
import { type BundleSize, sizeOf } from './sizes.ts';
import { type CountedCall, countUnits } from './units.ts';
import { SCENARIOS } from './world.ts';

export interface CoreOptions {
  readonly clients: readonly number[];
  readonly rounds: number;
  readonly seconds: number;
  /** Experiments in the list. */
  readonly rows: number;
  /** Scenarios whose name contains it. */
  readonly only: string;
  /** Where servers leave CPU profiles, if wanted. */
  readonly profileTo?: string | undefined;
  readonly coldStarts: number;
  readonly restMs: number;
  readonly signal: AbortSignal;
  readonly say: (line: string) => void;
  readonly onCell: (cell: Cell) => void;
}

export interface CoreResults {
  readonly cells: readonly Cell[];
  readonly units: readonly CountedCall[];
  readonly bundles: readonly BundleSize[];
  readonly coldStarts: readonly ColdStart[];
  readonly idleMemory: readonly IdleMemory[];
  readonly notes: readonly string[];
}

interface Started {
  readonly running: NamedPeer[];
  readonly notes: string[];
}

/** Starts them one after the other, so that each one's processes can be told apart. */
async function startPeers(peers: readonly Peer[], started: Started, options: CoreOptions) {
  for (const peer of peers) {
    options.signal.throwIfAborted();
    options.say(`starting ${peer.name}`);
    const answer = await peer.start();
    if (typeof answer === 'string') {
      started.notes.push(`${peer.name} is left out: ${answer}`);
      continue;
    }
    started.running.push({ ...answer, name: peer.name });
    started.notes.push(...answer.notes);
  }
}

async function measureLoad(
  peerOptions: Omit<PeerOptions, 'dynamo'>,
  options: CoreOptions,
): Promise<Pick<CoreResults, 'cells' | 'notes'>> {
  const { dynamo, stop } = await startDynamo();
  const makers = [embeddedPeer, lambdaPeer, getItemPeer, floorPeer];
  const peers = makers.map((make) => make({ ...peerOptions, dynamo }));
  const started: Started = { running: [], notes: [] };
  try {
    await startPeers(peers, started, options);
    const scenarios = SCENARIOS.filter((name) => name.includes(options.only));
    const cells = await measure(started.running, { ...options, scenarios });
    return { cells, notes: started.notes };
  } finally {
    await stopAll([stop, ...started.running.map((peer) => peer.stop)])();
  }
}

/** Runs the suite; everything that it started is gone when it settles. */
export async function runCore(options: CoreOptions): Promise<CoreResults> {
  const folder = await mkdtemp(join(tmpdir(), 'assay-bench-'));
  const { say, signal, profileTo, rows } = options;
  try {
    say('building the bundles');
    const built = await buildLambdas(join(folder, 'lambda'));
    const bundle = built.find(({ name }) => name === 'api')?.directory ?? '';
    say('counting units');
    const units = await countUnits(rows);
    say('cold starts');
    const coldStarts = await measureColdStarts(built, folder, options.coldStarts);
    signal.throwIfAborted();
    say('idle memory');
    const idleMemory = await measureIdleMemory(bundle, folder, options.restMs);
    const load = await measureLoad({ folder, rows, bundle, profileTo }, options);
    return { ...load, units, bundles: built.map(sizeOf), coldStarts, idleMemory };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

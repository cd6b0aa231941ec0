/** The suite `core`: our server in both forms, and the figures that need no load. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildLambdas } from '../../../infra/build.ts';
import type { Cell } from '../frame/peer.ts';
import { type PeerFigures, runPeers } from '../frame/run-peers.ts';
import { type ColdStart, measureColdStarts } from './cold-start.ts';
import { type IdleMemory, measureIdleMemory } from './memory.ts';
import {
  callsAlonePeer,
  embeddedPeer,
  floorPeer,
  lambdaPeer,
  type PeerOptions,
  startDynamo,
} from './peers.ts';
import { type BundleSize, sizeOf } from './sizes.ts';
import { type CountedCall, countUnits } from './units.ts';
import { SCENARIOS, worldAt } from './world.ts';

export interface CoreOptions {
  readonly clients: readonly number[];
  readonly rounds: number;
  readonly seconds: number;
  readonly warmUpSeconds: number;
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

async function measureLoad(
  peerOptions: Omit<PeerOptions, 'dynamo' | 'world'>,
  options: CoreOptions,
): Promise<PeerFigures> {
  const { dynamo, stop } = await startDynamo();
  const world = (url: string) => worldAt(url, options.rows);
  const makers = [embeddedPeer, lambdaPeer, callsAlonePeer, floorPeer];
  const peers = makers.map((make) => make({ ...peerOptions, dynamo, world }));
  const scenarios = SCENARIOS.filter((name) => name.includes(options.only));
  try {
    return await runPeers(peers, { ...options, scenarios });
  } finally {
    await stop();
  }
}

/** Runs the suite; everything that it started is gone when it settles. */
export async function runCore(options: CoreOptions): Promise<CoreResults> {
  const folder = await mkdtemp(join(tmpdir(), 'assay-bench-'));
  const { say, signal, profileTo } = options;
  try {
    say('building the bundles');
    const built = await buildLambdas(join(folder, 'lambda'));
    const bundle = built.find(({ name }) => name === 'api')?.directory ?? '';
    say('counting units');
    const units = await countUnits(options.rows);
    say('cold starts');
    const coldStarts = await measureColdStarts(built, folder, options.coldStarts);
    signal.throwIfAborted();
    say('idle memory');
    const idleMemory = await measureIdleMemory(bundle, folder, options.restMs);
    const load = await measureLoad({ folder, bundle, profileTo }, options);
    return { ...load, units, bundles: built.map(sizeOf), coldStarts, idleMemory };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

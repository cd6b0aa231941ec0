/** A suite of an original beside Assay in both forms, all asked the same. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildLambdas } from '../../../infra/build.ts';
import { embeddedPeer, lambdaPeer, type PeerOptions, startDynamo } from '../core/peers.ts';
import type { Cell, Peer } from '../frame/peer.ts';
import { type PypiServer, pypiPeer } from '../frame/pypi-peer.ts';
import { type PeerFigures, runPeers } from '../frame/run-peers.ts';
import { JUDGED_CLIENTS, type Scenario, type Verdict } from './goals.ts';

export interface BesideOptions {
  readonly clients: readonly number[];
  readonly rounds: number;
  readonly seconds: number;
  readonly warmUpSeconds: number;
  /** Scenarios whose name contains it. */
  readonly only: string;
  /** Whether the goals are judged. */
  readonly judged: boolean;
  readonly profileTo?: string | undefined;
  readonly signal: AbortSignal;
  readonly say: (line: string) => void;
  readonly onCell: (cell: Cell) => void;
}

/** Stores with so many rows, and what is asked of them: what writes comes after what reads. */
export interface Stage<S extends Scenario> {
  readonly rows: number;
  readonly scenarios: readonly S[];
  /** The original is not asked. */
  readonly alone?: true;
}

/** What differs from original to original. */
export interface Beside<S extends Scenario> {
  /** The name of its peer. */
  readonly original: string;
  readonly stages: readonly Stage<S>[];
  server(rows: number): PypiServer;
  /** Fills one of Assay's servers. */
  world(rows: number): PeerOptions['world'];
  /** Servers beside these two forms of Assay. */
  readonly others?: readonly ((options: PeerOptions) => Peer)[];
  judge(cells: readonly Cell[], scenarios: readonly S[]): Verdict[];
}

export interface BesideResults {
  readonly original: string;
  readonly cells: readonly Cell[];
  readonly verdicts: readonly Verdict[];
  readonly notes: readonly string[];
  /** Whether the original could run here. */
  readonly complete: boolean;
}

async function runStage<S extends Scenario>(
  beside: Beside<S>,
  stage: Stage<S>,
  place: { readonly bundle: string; readonly parent: string },
  options: BesideOptions,
): Promise<PeerFigures> {
  const { signal, say, profileTo } = options;
  const { original } = beside;
  const folder = await mkdtemp(join(place.parent, 'stage-'));
  const onInstall = () => say(`installing ${original}, which is done once`);
  const { dynamo, stop } = await startDynamo();
  const world = beside.world(stage.rows);
  const ours = { folder, bundle: place.bundle, dynamo, profileTo, world };
  const peers = [
    ...(stage.alone ? [] : [pypiPeer(beside.server(stage.rows), { folder, onInstall, signal })]),
    ...[embeddedPeer, lambdaPeer, ...(beside.others ?? [])].map((make) => make(ours)),
  ];
  try {
    const scenarios = stage.scenarios.map(({ name }) => name);
    return await runPeers(peers, { ...options, scenarios });
  } finally {
    await stop();
  }
}

const selected = <S extends Scenario>(stages: readonly Stage<S>[], only: string) =>
  stages
    .map((stage) => ({
      ...stage,
      scenarios: stage.scenarios.filter(({ name }) => name.includes(only)),
    }))
    .filter(({ scenarios }) => scenarios.length > 0);

/** Runs the suite; everything that it started is gone when it settles. */
export async function runBeside<S extends Scenario>(
  beside: Beside<S>,
  options: BesideOptions,
): Promise<BesideResults> {
  const parent = await mkdtemp(join(tmpdir(), 'assay-bench-'));
  const stages = selected(beside.stages, options.only);
  const { original } = beside;
  try {
    options.say('building the bundles');
    const built = await buildLambdas(join(parent, 'lambda'));
    const bundle = built.find(({ name }) => name === 'api')?.directory ?? '';
    const figures: PeerFigures[] = [];
    for (const stage of stages) {
      figures.push(await runStage(beside, stage, { bundle, parent }, options));
    }
    const cells = figures.flatMap((one) => one.cells);
    const judged = options.judged && options.clients.includes(JUDGED_CLIENTS);
    const asked = stages.flatMap(({ alone, scenarios }) => (alone ? [] : scenarios));
    return {
      original,
      cells,
      verdicts: judged
        ? beside.judge(
            cells,
            stages.flatMap(({ scenarios }) => scenarios),
          )
        : [],
      notes: [...new Set(figures.flatMap(({ notes }) => notes))],
      complete: asked.every(({ name }) =>
        cells.some(({ scenario, peer }) => scenario === name && peer === original),
      ),
    };
  } finally {
    await rm(parent, { recursive: true, force: true });
  }
}

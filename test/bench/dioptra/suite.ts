/** The suite `dioptra`: the original beside Assay in both forms, asked the same. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildLambdas } from '../../../infra/build.ts';
import { callsAlonePeer, embeddedPeer, lambdaPeer, startDynamo } from '../core/peers.ts';
import type { Cell } from '../frame/peer.ts';
import { pypiPeer } from '../frame/pypi-peer.ts';
import { type PeerFigures, runPeers } from '../frame/run-peers.ts';
import { JUDGED_CLIENTS, judge, ORIGINAL, type Verdict } from './goals.ts';
import { type Stage, stagesOf } from './scenarios.ts';
import { dioptraServer } from './server.ts';
import { filledByApi } from './world.ts';

export interface DioptraOptions {
  readonly clients: readonly number[];
  readonly rounds: number;
  readonly seconds: number;
  readonly warmUpSeconds: number;
  /** Experiments of the short list and of the long one, if there is one: multiples of ten. */
  readonly few: number;
  readonly many?: number;
  /** Scenarios whose name contains it. */
  readonly only: string;
  /** Whether the goals are judged. */
  readonly judged: boolean;
  readonly profileTo?: string | undefined;
  readonly signal: AbortSignal;
  readonly say: (line: string) => void;
  readonly onCell: (cell: Cell) => void;
}

export interface DioptraResults {
  readonly cells: readonly Cell[];
  readonly verdicts: readonly Verdict[];
  readonly notes: readonly string[];
  /** Whether the original could run here. */
  readonly complete: boolean;
}

async function runStage(
  stage: Stage,
  bundle: string,
  parent: string,
  options: DioptraOptions,
): Promise<PeerFigures> {
  const { signal, say, profileTo } = options;
  const folder = await mkdtemp(join(parent, 'stage-'));
  const onInstall = () => say(`installing ${ORIGINAL}, which is done once`);
  const { dynamo, stop } = await startDynamo();
  const world = (url: string) => filledByApi(url, stage.rows);
  const ours = { folder, bundle, dynamo, profileTo, world };
  const peers = [
    pypiPeer(dioptraServer(stage.rows), { folder, onInstall, signal }),
    embeddedPeer(ours),
    lambdaPeer(ours),
    callsAlonePeer(ours),
  ];
  try {
    const scenarios = stage.scenarios.map(({ name }) => name);
    return await runPeers(peers, { ...options, scenarios });
  } finally {
    await stop();
  }
}

/** Runs the suite; everything that it started is gone when it settles. */
export async function runDioptra(options: DioptraOptions): Promise<DioptraResults> {
  const folder = await mkdtemp(join(tmpdir(), 'assay-bench-'));
  const stages = stagesOf(options.few, options.many)
    .map(({ rows, scenarios }) => ({
      rows,
      scenarios: scenarios.filter(({ name }) => name.includes(options.only)),
    }))
    .filter(({ scenarios }) => scenarios.length > 0);
  try {
    options.say('building the bundles');
    const built = await buildLambdas(join(folder, 'lambda'));
    const bundle = built.find(({ name }) => name === 'api')?.directory ?? '';
    const figures: PeerFigures[] = [];
    for (const stage of stages) figures.push(await runStage(stage, bundle, folder, options));
    const cells = figures.flatMap((one) => one.cells);
    const judged = options.judged && options.clients.includes(JUDGED_CLIENTS);
    const scenarios = stages.flatMap((stage) => stage.scenarios);
    return {
      cells,
      verdicts: judged ? judge(cells, scenarios) : [],
      notes: [...new Set(figures.flatMap(({ notes }) => notes))],
      complete: scenarios.every(({ name }) =>
        cells.some(({ scenario, peer }) => scenario === name && peer === ORIGINAL),
      ),
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

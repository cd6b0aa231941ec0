/** The suite `mlflow`: a real server of MLflow beside Assay in both forms. */
import {
  type Form,
  type Goals,
  judge,
  judgedCell,
  type Verdict,
  verdictOn,
} from '../beside/goals.ts';
import type { Beside, Stage } from '../beside/suite.ts';
import { callsAlonePeer } from '../core/peers.ts';
import type { Cell } from '../frame/peer.ts';
import type { Kind, MlflowScenario } from './scenarios.ts';
import { mlflowServer, ORIGINAL } from './server.ts';
import { assayWorld } from './world.ts';

type JudgedKind = Exclude<Kind, 'search'>;

const GOALS: Goals<JudgedKind> = {
  embedded: { write: 20, 'search of 100': 50, 'search of 10,000': 500, history: 30 },
  lambda: { write: 3, 'search of 100': 20, 'search of 10,000': 200, history: 10 },
};

const FORMS: readonly Form[] = ['embedded', 'lambda'];
/** A page of the largest experiment takes at most so many times as long as one of the smallest. */
const MOST_GROWTH = 1.3;
/** Memory of a server, for each byte of the original's. */
const MOST_MEMORY = 0.25;

const isJudged = (one: MlflowScenario): one is MlflowScenario & { readonly kind: JudgedKind } =>
  one.kind !== 'search';

/** How the median of the search grows from the smallest experiment to the largest. */
function growth(
  cells: readonly Cell[],
  scenarios: readonly MlflowScenario[],
  peer: Form,
): readonly Verdict[] {
  const searches = scenarios.filter(({ kind }) => kind.startsWith('search'));
  const [small, large] = [searches.at(0)?.name, searches.at(-1)?.name];
  if (small === undefined || large === undefined || small === large) return [];
  const of = (scenario: string) => judgedCell(cells, scenario, peer)?.p50Ms;
  const [least, most] = [of(small), of(large)];
  const ratio = least === undefined || most === undefined ? undefined : most / least;
  const scenario = `p50 of ${large} for that of 100`;
  return [verdictOn({ scenario, peer, goal: MOST_GROWTH, most: true }, ratio)];
}

/** The most memory, in MB, that `inCell` tells of a server in any row. */
function mostMemory(
  cells: readonly Cell[],
  name: string,
  inCell: (cell: Cell) => number | undefined,
): number | undefined {
  const known = cells.flatMap((cell) => (cell.peer === name ? (inCell(cell) ?? []) : []));
  return known.length === 0 ? undefined : Math.max(...known);
}

const ofServer = ({ rssMb }: Cell): number | undefined => rssMb;
/** AWS gives each process of a function memory of its own, and nobody pays for one that waits. */
const ofEnvironment = ({ rssMb, processes = 1 }: Cell): number | undefined =>
  rssMb && rssMb / processes;

function memory(cells: readonly Cell[], peer: Form): Verdict {
  const ours = mostMemory(cells, peer, peer === 'lambda' ? ofEnvironment : ofServer);
  const theirs = mostMemory(cells, ORIGINAL, ofServer);
  const ratio = ours === undefined || theirs === undefined ? undefined : ours / theirs;
  return verdictOn({ scenario: 'memory', peer, goal: MOST_MEMORY, most: true }, ratio);
}

export const judgeMlflow = (cells: readonly Cell[], scenarios: readonly MlflowScenario[]) => [
  ...judge(cells, scenarios.filter(isJudged), GOALS, ORIGINAL),
  ...FORMS.flatMap((form) => growth(cells, scenarios, form)),
  ...FORMS.map((form) => memory(cells, form)),
];

export const besideMlflow = (stages: readonly Stage<MlflowScenario>[]): Beside<MlflowScenario> => ({
  original: ORIGINAL,
  stages,
  server: mlflowServer,
  world: assayWorld,
  others: [callsAlonePeer],
  judge: judgeMlflow,
});

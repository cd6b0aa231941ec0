/** What Assay promises over an original, and whether a run kept it. */
import { CALLS_ALONE } from '../core/peers.ts';
import { rounded } from '../frame/figures.ts';
import type { Cell } from '../frame/peer.ts';

/** The number of connections that the goals are about. */
export const JUDGED_CLIENTS = 8;

/** A form of Assay that goals are for, by the name of its peer. */
export type Form = 'embedded' | 'lambda';

/** How many times as many requests a second as the original, for each kind of scenario. */
export type Goals<Kind extends string> = Readonly<Record<Form, Readonly<Record<Kind, number>>>>;

export interface Scenario<Kind extends string = string> {
  readonly name: string;
  readonly kind: Kind;
}

export interface Verdict {
  /** A scenario, or what else was promised. */
  readonly scenario: string;
  readonly peer: string;
  readonly goal: number;
  /** The goal is a limit: what exceeds it misses it. */
  readonly most?: true;
  /** Missing when something was not measured. */
  readonly ratio?: number;
  readonly met: boolean;
  /** What the least calls of the store alone reach, where they miss the goal themselves. */
  readonly floor?: number;
}

/** The verdict on a ratio; what was not measured misses its goal. */
export function verdictOn(
  promise: Pick<Verdict, 'scenario' | 'peer' | 'goal' | 'most'>,
  ratio: number | undefined,
): Verdict {
  if (ratio === undefined) return { ...promise, met: false };
  const met = promise.most ? ratio <= promise.goal : ratio >= promise.goal;
  return { ...promise, ratio: rounded(ratio, 4), met };
}

/** Requests a second of `cell` for each of the original's, with as many clients. */
export function ratioOf(cells: readonly Cell[], cell: Cell, original: string): number | undefined {
  const other = cells.find(
    ({ scenario, clients, peer }) =>
      scenario === cell.scenario && clients === cell.clients && peer === original,
  );
  return other && cell.perSecond.median / other.perSecond.median;
}

/** What a peer did in a scenario under as many clients as goals are about. */
export const judgedCell = (cells: readonly Cell[], scenario: string, peer: string) =>
  cells.find(
    (cell) => cell.scenario === scenario && cell.peer === peer && cell.clients === JUDGED_CLIENTS,
  );

/** As a verdict has it: a function on a store can't be above its calls alone. */
function floorOf(
  cells: readonly Cell[],
  { scenario, goal }: Pick<Verdict, 'scenario' | 'goal'>,
  original: string,
): Pick<Verdict, 'floor'> {
  const cell = judgedCell(cells, scenario, CALLS_ALONE);
  const ratio = cell && ratioOf(cells, cell, original);
  return ratio === undefined || ratio >= goal ? {} : { floor: rounded(ratio, 4) };
}

/** A verdict for each scenario and each form of Assay. */
export const judge = <Kind extends string>(
  cells: readonly Cell[],
  scenarios: readonly Scenario<Kind>[],
  goals: Goals<Kind>,
  original: string,
): Verdict[] =>
  scenarios.flatMap(({ name: scenario, kind }) =>
    Object.entries(goals).map(([peer, ofKinds]) => {
      const cell = judgedCell(cells, scenario, peer);
      const ratio = cell && ratioOf(cells, cell, original);
      const promise = { scenario, peer, goal: ofKinds[kind] };
      const floor = peer === 'lambda' ? floorOf(cells, promise, original) : {};
      return { ...verdictOn(promise, ratio), ...floor };
    }),
  );

/** What Assay promises over the original, and whether a run kept it. */

import { rounded } from '../frame/figures.ts';
import type { Cell } from '../frame/peer.ts';
import type { Kind, Scenario } from './scenarios.ts';

export const ORIGINAL = 'dioptra';
/** The number of connections that the goals are about. */
export const JUDGED_CLIENTS = 8;

/** How many times as many requests a second as the original, in the same run. */
const GOALS: Readonly<Record<'embedded' | 'lambda', Readonly<Record<Kind, number>>>> = {
  embedded: { get: 20, list: 40, search: 40, create: 20, submit: 20 },
  lambda: { get: 3, list: 10, search: 3, create: 3, submit: 3 },
};

export interface Verdict {
  readonly scenario: string;
  readonly peer: string;
  readonly goal: number;
  /** Missing when one of both was not measured. */
  readonly ratio?: number;
  readonly met: boolean;
}

/** Requests a second of `cell` for each of the original's, with as many clients. */
export function ratioOf(cells: readonly Cell[], cell: Cell): number | undefined {
  const original = cells.find(
    ({ scenario, clients, peer }) =>
      scenario === cell.scenario && clients === cell.clients && peer === ORIGINAL,
  );
  return original && cell.perSecond.median / original.perSecond.median;
}

/** A verdict for each scenario and each form of Assay; what was not measured misses its goal. */
export function judge(cells: readonly Cell[], scenarios: readonly Scenario[]): Verdict[] {
  return scenarios.flatMap(({ name: scenario, kind }) =>
    Object.entries(GOALS).map(([peer, goals]) => {
      const goal = goals[kind];
      const cell = cells.find(
        (one) => one.scenario === scenario && one.peer === peer && one.clients === JUDGED_CLIENTS,
      );
      const ratio = cell && ratioOf(cells, cell);
      return ratio === undefined
        ? { scenario, peer, goal, met: false }
        : { scenario, peer, goal, ratio: rounded(ratio, 4), met: ratio >= goal };
    }),
  );
}

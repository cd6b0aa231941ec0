import type { Scenario } from '../beside/goals.ts';
import type { Stage } from '../beside/suite.ts';

export type Kind = 'write' | 'search of 100' | 'search of 10,000' | 'search' | 'history';
export type MlflowScenario = Scenario<Kind>;

/** Points of the history that is asked for. */
export const HISTORY_POINTS = 10_000;

export const HISTORY: MlflowScenario = { name: 'get-history of 10,000 points', kind: 'history' };
export const NEW_EXPERIMENT: MlflowScenario = { name: 'experiments/create', kind: 'write' };
export const NEW_RUN: MlflowScenario = { name: 'runs/create', kind: 'write' };
export const LOG_METRIC: MlflowScenario = { name: 'log-metric', kind: 'write' };
export const LOG_100: MlflowScenario = { name: 'log-batch of 100', kind: 'write' };
export const LOG_1000: MlflowScenario = { name: 'log-batch of 1,000', kind: 'write' };

const WRITES = [NEW_EXPERIMENT, NEW_RUN, LOG_METRIC, LOG_100, LOG_1000];

const numbered = (rows: number): string => rows.toLocaleString('en-US');

function searchKind(rows: number): Kind {
  if (rows === 100) return 'search of 100';
  return rows === 10_000 ? 'search of 10,000' : 'search';
}

/** A page of runs by one metric, filtered by it. */
export const searchOf = (rows: number): MlflowScenario => ({
  name: `search of ${numbered(rows)}`,
  kind: searchKind(rows),
});

/** Runs from which on a search takes MLflow seconds, since it joins without an index that serves. */
export const SLOW_ROWS = 10_000;
/** Runs from which on it is not asked: at 10,000 one search takes 4 s, and the time grows with the square. */
const TOO_MANY_ROWS = 100_000;

/** Each in stores of its own, so that no experiment shares its tables with a larger one. */
export const stagesOf = (
  few: number,
  more: readonly number[],
): readonly Stage<MlflowScenario>[] => [
  { rows: few, scenarios: [searchOf(few), HISTORY, ...WRITES] },
  ...more.map((rows) => ({
    rows,
    scenarios: [searchOf(rows)],
    ...(rows >= TOO_MANY_ROWS ? ({ alone: true } as const) : {}),
  })),
];

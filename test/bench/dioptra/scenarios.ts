import type { Scenario } from '../beside/goals.ts';
import type { Stage } from '../beside/suite.ts';

export type Kind = 'get' | 'list' | 'search' | 'create' | 'submit';
export type DioptraScenario = Scenario<Kind>;

export const GET: DioptraScenario = { name: 'GET experiment', kind: 'get' };
export const SEARCH_NAME: DioptraScenario = { name: 'search by name', kind: 'search' };
export const SEARCH_TEXT: DioptraScenario = { name: 'search free text', kind: 'search' };
export const CREATE: DioptraScenario = { name: 'POST experiment', kind: 'create' };
export const SUBMIT: DioptraScenario = { name: 'POST job', kind: 'submit' };

export const listOf = (rows: number): DioptraScenario => ({
  name: `list 10 of ${rows.toLocaleString('en-US')}`,
  kind: 'list',
});

/**
 * Each in stores of its own, so that no list shares its tables with a longer one. Without a size
 * for the long list there is none, for a run that shows only that all works.
 */
export const stagesOf = (few: number, many?: number): readonly Stage<DioptraScenario>[] => [
  { rows: few, scenarios: [GET, listOf(few), SEARCH_NAME, SEARCH_TEXT, CREATE, SUBMIT] },
  ...(many === undefined ? [] : [{ rows: many, scenarios: [listOf(many)] }]),
];

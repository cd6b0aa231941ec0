export type Kind = 'get' | 'list' | 'search' | 'create' | 'submit';

export interface Scenario {
  readonly name: string;
  readonly kind: Kind;
}

export const GET: Scenario = { name: 'GET experiment', kind: 'get' };
export const SEARCH_NAME: Scenario = { name: 'search by name', kind: 'search' };
export const SEARCH_TEXT: Scenario = { name: 'search free text', kind: 'search' };
export const CREATE: Scenario = { name: 'POST experiment', kind: 'create' };
export const SUBMIT: Scenario = { name: 'POST job', kind: 'submit' };

export const listOf = (rows: number): Scenario => ({
  name: `list 10 of ${rows.toLocaleString('en-US')}`,
  kind: 'list',
});

/** A store with so many experiments, and what is asked of it: what writes comes after what reads. */
export interface Stage {
  readonly rows: number;
  readonly scenarios: readonly Scenario[];
}

/**
 * Each in stores of its own, so that no list shares its tables with a longer one. Without a size
 * for the long list there is none, for a run that shows only that all works.
 */
export const stagesOf = (few: number, many?: number): readonly Stage[] => [
  { rows: few, scenarios: [GET, listOf(few), SEARCH_NAME, SEARCH_TEXT, CREATE, SUBMIT] },
  ...(many === undefined ? [] : [{ rows: many, scenarios: [listOf(many)] }]),
];

import type { ChartsView } from '../runs/charts/charts-view.ts';

/** Which experiments or runs are seen. */
export const VIEWS = ['active', 'deleted', 'all'] as const;
export type View = (typeof VIEWS)[number];
export const TABS = ['runs', 'charts', 'models', 'about'] as const;
export const ORDERS = ['updated', 'created', 'name'] as const;

export interface ExperimentsSearch {
  /** A name or part of one, or a filter of MLflow's language. */
  readonly q?: string | undefined;
  readonly view?: View | undefined;
  readonly order?: (typeof ORDERS)[number] | undefined;
  readonly ascending?: 'yes' | undefined;
}

export interface ExperimentSearch extends ChartsView {
  readonly tab?: (typeof TABS)[number] | undefined;
  readonly q?: string | undefined;
  readonly view?: View | undefined;
  /** The id of a column, behind `-` where the largest come first. */
  readonly sort?: string | undefined;
  /** The ids of the columns that are shown, in their order. */
  readonly columns?: readonly string[] | undefined;
}

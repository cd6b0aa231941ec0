/** A run as charts see it, wherever it was read. */
export interface ChartRun {
  readonly id: string;
  /** Never empty. */
  readonly name: string;
  /** In ms since 1970. */
  readonly start: number;
  readonly status: string;
  /** Whether its figures may still change: they are then read anew every few seconds. */
  readonly underWay: boolean;
  /** The latest values; of what is no number, NaN. */
  readonly metrics: ReadonlyMap<string, number>;
  readonly params: ReadonlyMap<string, string>;
}

const keysOf = (maps: readonly ReadonlyMap<string, unknown>[]): readonly string[] =>
  [...new Set(maps.flatMap((map) => [...map.keys()]))].sort();

/** Metrics of which any of some runs has a value, by name. */
export const metricKeysOf = (runs: readonly ChartRun[]): readonly string[] =>
  keysOf(runs.map(({ metrics }) => metrics));
export const paramKeysOf = (runs: readonly ChartRun[]): readonly string[] =>
  keysOf(runs.map(({ params }) => params));

/** Params in which runs differ, in the order of their names; one that a run lacks differs, too. */
export const differingParams = (runs: readonly ChartRun[]): readonly string[] =>
  paramKeysOf(runs).filter((key) => new Set(runs.map(({ params }) => params.get(key))).size > 1);

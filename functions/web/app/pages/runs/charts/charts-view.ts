/** How charts of runs are looked at: what stands in the address, so that a link shows the same. */
import { textOf, textsOf, withoutUnset, wordOf } from '../../../data/search-params.ts';

export const X_AXES = ['step', 'time', 'relative'] as const;
export type XAxis = (typeof X_AXES)[number];
export const CHART_KINDS = ['curves', 'scatter', 'parallel'] as const;
export type ChartKind = (typeof CHART_KINDS)[number];

export interface ChartsView {
  readonly chart?: ChartKind;
  readonly x?: XAxis;
  /** Weight of what was before, from 0 (none) to 0.99. */
  readonly smooth?: number;
  readonly log?: boolean;
  /** Metrics whose name holds it. */
  readonly find?: string;
  readonly pinned?: readonly string[];
  /** By metric, what part of the x axis is shown. */
  readonly zoom?: Readonly<Record<string, readonly [number, number]>>;
  /** How many runs are drawn. */
  readonly most?: number;
  /** Scatter: a metric or param each, as `m:loss` or `p:lr`. */
  readonly across?: string;
  readonly up?: string;
  /** Parallel coordinates: the axes in order, what colours, and what is kept of each axis. */
  readonly axes?: readonly string[];
  readonly colour?: string;
  readonly kept?: Readonly<Record<string, readonly [number, number]>>;
}

type Search = Readonly<Record<string, unknown>>;
type Spans = Readonly<Record<string, readonly [number, number]>>;
const MOST_SPANS = 100;

const isSpan = (value: unknown): value is readonly [number, number] =>
  Array.isArray(value) &&
  value.length === 2 &&
  value.every((each) => typeof each === 'number' && Number.isFinite(each)) &&
  value[0] < value[1];

function spansOf(value: unknown): Spans | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const spans = Object.entries(value).slice(0, MOST_SPANS);
  const right = spans.filter((span): span is [string, readonly [number, number]] =>
    isSpan(span[1]),
  );
  return right.length === 0 ? undefined : Object.fromEntries(right);
}

const between = (value: unknown, least: number, most: number): number | undefined =>
  typeof value === 'number' && value >= least && value <= most ? value : undefined;

/** Of an address; for `validateSearch` of each page that has these charts. */
export const chartsView = (search: Search): ChartsView =>
  withoutUnset({
    chart: wordOf(search, 'chart', CHART_KINDS),
    x: wordOf(search, 'x', X_AXES),
    smooth: between(search.smooth, 0.01, 0.99),
    log: search.log === true ? true : undefined,
    find: textOf(search, 'find', 250),
    pinned: textsOf(search, 'pinned', 50),
    zoom: spansOf(search.zoom),
    most: [10, 25, 50, 100].find((count) => count === search.most),
    across: textOf(search, 'across', 300),
    up: textOf(search, 'up', 300),
    axes: textsOf(search, 'axes', 20),
    colour: textOf(search, 'colour', 300),
    kept: spansOf(search.kept),
  }) as ChartsView;

/** A change of what is looked at; `undefined` takes a setting back. */
export type ChangeView = (
  change: {
    readonly [Key in keyof ChartsView]?: ChartsView[Key] | undefined;
  },
) => void;

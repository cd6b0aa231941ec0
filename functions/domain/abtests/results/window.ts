import type { Exposure } from '../metrics/index.ts';

/** Whom an experiment's results are about, and of which time. Times are milliseconds since the epoch. */
export interface ExperimentWindow {
  readonly groupId: number;
  readonly flagKey: string;
  /** Keys of the flag's variants, those that are excluded among them. */
  readonly variants: readonly string[];
  readonly baseline: string;
  readonly startDate: number;
  /** The end of the experiment, or of the part that is looked at. */
  readonly endDate: number;
  /** Until when events can be known: whose window of conversion ends later has not matured. */
  readonly asOf: number;
  /** IANA: where days begin. */
  readonly timezone: string;
  /** `undefined` where it is something that cannot be computed here. */
  readonly exposure: Exposure | undefined;
  /** Its people got no variant; they are compared as one of their own. */
  readonly holdoutVariant?: string | undefined;
  readonly excludedVariants?: readonly string[] | undefined;
  readonly onlyCountMaturedUsers?: boolean | undefined;
  /** Filters of the project that leave its own people out, where the criteria ask for it; as documents. */
  readonly testAccountFilters?: readonly { readonly [name: string]: unknown }[] | undefined;
  /** Days before the first exposure from which a covariate is taken (CUPED). */
  readonly lookbackDays?: number | undefined;
  /** Set where groups of people are compared, which cannot be computed here. */
  readonly groupTypeIndex?: number | undefined;
}

/** Stands for all variants of somebody who got several. */
export const MULTIPLE = '$multiple';

/** Variants that somebody can have been given. */
export const knownVariants = ({ variants, holdoutVariant }: ExperimentWindow): readonly string[] =>
  holdoutVariant === undefined ? variants : [...new Set([...variants, holdoutVariant])];

/** Variants that are compared. */
export const countedVariants = (window: ExperimentWindow): readonly string[] =>
  knownVariants(window).filter((key) => !(window.excludedVariants ?? []).includes(key));

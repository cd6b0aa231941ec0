import type { Row } from '#domain/projects/index.ts';
import type { Doc } from '../experiments/experiment.items.ts';

/** People whom no experiment of a project touches, so that all of them together can be judged. */
export interface Holdout extends Row {
  readonly name: string;
  readonly description: string | null;
  /** Each with a `rollout_percentage`; the first says how many are held out. */
  readonly filters: readonly Doc[];
}

/** How a flag says whom it leaves out. */
export const holdoutOfFlag = (holdout: Holdout | undefined): Doc | null =>
  holdout === undefined
    ? null
    : { id: holdout.id, exclusion_percentage: holdout.filters[0]?.rollout_percentage ?? 100 };

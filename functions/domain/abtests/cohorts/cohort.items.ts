import type { Row } from '#domain/projects/index.ts';
import type { Doc } from '../experiments/experiment.items.ts';

/** People who have something in common, worked out anew whenever it is asked for. */
export interface Cohort extends Row {
  readonly name: string;
  readonly filters: Doc;
  readonly experimentId: number;
}

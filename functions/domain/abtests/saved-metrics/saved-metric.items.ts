import type { Row } from '#domain/projects/index.ts';
import type { Doc } from '../experiments/experiment.items.ts';

/** A metric that many experiments share. */
export interface SavedMetric extends Row {
  readonly name: string;
  readonly description: string | null;
  /** Its `uuid` is ours and stays: the orders of experiments name it. */
  readonly query: Doc;
  readonly tags: readonly string[];
}

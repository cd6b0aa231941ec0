import type { Flag } from '#domain/flags/index.ts';
import type { Experiment } from './experiment.items.ts';

export type ExperimentStatus = 'draft' | 'running' | 'paused' | 'stopped';

/** How an experiment stands, which nobody stores: its dates and its flag say it. */
export function statusOf(
  { startDate, endDate }: Pick<Experiment, 'startDate' | 'endDate'>,
  flag: Pick<Flag, 'active'> | undefined,
): ExperimentStatus {
  if (startDate === null) return 'draft';
  if (endDate !== null) return 'stopped';
  return flag?.active === false ? 'paused' : 'running';
}

import type { JobClaim } from '#domain/jobs/protocol.ts';
import type { Preparation } from './fetch.ts';
import { prepareDioptra } from './prepare-dioptra.ts';
import { prepareMlproject } from './prepare-mlproject.ts';

const isOf = <R extends JobClaim['runtime']>(
  preparation: Preparation,
  runtime: R,
): preparation is Preparation<Extract<JobClaim, { runtime: R }>> =>
  preparation.claim.runtime === runtime;

/** Brings the job's code and inputs into its folders and writes job.json, as its runtime wants them. */
export async function prepareJob(preparation: Preparation, signal: AbortSignal): Promise<void> {
  if (isOf(preparation, 'dioptra')) return prepareDioptra(preparation, signal);
  if (isOf(preparation, 'mlproject')) return prepareMlproject(preparation, signal);
}

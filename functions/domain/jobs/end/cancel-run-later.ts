import { loadOnce } from '#kernel/load-once.ts';
import type { cancelJobOfRun as cancel } from './cancel-run.ts';

const cancels = loadOnce(() => import('./cancel-run.ts'));

/** Cancels the job of a run; what that takes loads with the first one. */
export const cancelJobOfRun: typeof cancel = async (ctx, runId) => {
  const { cancelJobOfRun: verb } = await cancels();
  return verb(ctx, runId);
};

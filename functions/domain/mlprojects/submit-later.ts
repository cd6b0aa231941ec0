import { loadOnce } from '#kernel/load-once.ts';
import type { submitWorkflow as submit } from './submit-workflow.ts';

const submits = loadOnce(() => import('./submit-workflow.ts'));

/** Submits a job of an archive; what reads archives and projects loads with the first one. */
export const submitWorkflow: typeof submit = async (ctx, input) => {
  const { submitWorkflow: verb } = await submits();
  return verb(ctx, input);
};

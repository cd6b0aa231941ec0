import type { submitJob as submit } from './submit.ts';

/** Submits a job; what that takes loads with the first one. */
export const submitJob: typeof submit = async (ctx, input) => {
  const verb = await import('./submit.ts');
  return verb.submitJob(ctx, input);
};

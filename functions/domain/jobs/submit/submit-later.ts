import { loadOnce } from '#kernel/load-once.ts';
import type { submitJob as submit } from './submit.ts';

const submits = loadOnce(() => import('./submit.ts'));

/** Submits a job; what that takes loads with the first one. */
export const submitJob: typeof submit = async (ctx, input) => {
  const { submitJob: verb } = await submits();
  return verb(ctx, input);
};

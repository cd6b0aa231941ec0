import { type AppError, invalid } from '#kernel/errors.ts';

/** What is stored, and can never be computed here; nothing is wrong with the events. */
export const cannotCompute = (message: string): AppError =>
  invalid('metric_not_computable', message);

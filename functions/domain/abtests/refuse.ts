import { type AppError, invalid } from '#kernel/errors.ts';

/** What a field of an experiment must not be; `attr` names it as people sent it. */
export const wrong = (attr: string | null, message: string, code?: string): AppError =>
  invalid('experiment', message, { attr, ...(code === undefined ? {} : { code }) });

/** What the state of an experiment does not allow. */
export const refuse = (message: string): AppError => wrong(null, message);

/** Texts within a message, at most so many and so long that they are still read. */
export const shown = (texts: Iterable<string>): string => {
  const all = [...texts];
  const some = all.slice(0, 20).map((text) => `'${text.slice(0, 80)}'`);
  return `[${[...some, ...(all.length > some.length ? ['…'] : [])].join(', ')}]`;
};

export const isDoc = (value: unknown): value is { readonly [name: string]: unknown } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

import { AppError } from '#kernel/errors.ts';
import { regexTest } from '#kernel/filter/regex.ts';
import { textOf } from './values.ts';

/** Steps that one test of a pattern may take: some milliseconds at most. */
const MAX_STEPS = 100_000;

/**
 * Whether a pattern fits somewhere in a text, upper and lower case told apart unless it begins
 * with `(?i)`; undefined where that took too long. Undefined at once for what is no pattern.
 */
export function patternTest(pattern: unknown): ((text: string) => boolean | undefined) | undefined {
  const work = { left: 0 };
  const finds = orUndefined(() => regexTest(textOf(pattern), work));
  if (finds === undefined) return undefined;
  return (text) => {
    work.left = MAX_STEPS;
    return orUndefined(() => finds(text));
  };
}

/** What the engine refuses is no failure here: such a filter fits nobody. */
function orUndefined<T>(run: () => T): T | undefined {
  try {
    return run();
  } catch (error) {
    if (error instanceof AppError) return undefined;
    throw error;
  }
}

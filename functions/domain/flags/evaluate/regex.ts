import { AppError } from '#kernel/errors.ts';
import type { Work } from '#kernel/filter/ast.ts';
import { regexTest } from '#kernel/filter/regex.ts';
import { textOf } from './values.ts';

/** Steps that one test of a pattern may take: some 10 ms. */
const MAX_STEPS = 100_000;

/**
 * Whether a pattern fits somewhere in a text, upper and lower case told apart unless it begins
 * with `(?i)`; undefined where that took more steps than are left. Undefined at once for what is
 * no pattern.
 */
export function patternTest(
  pattern: unknown,
): ((text: string, steps: Work) => boolean | undefined) | undefined {
  const work = { left: 0 };
  const finds = orUndefined(() => regexTest(textOf(pattern), work));
  if (finds === undefined) return undefined;
  return (text, steps) => {
    const most = Math.min(MAX_STEPS, steps.left);
    work.left = most;
    const isFound = orUndefined(() => finds(text));
    steps.left -= most - Math.max(work.left, 0);
    return isFound;
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

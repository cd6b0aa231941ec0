import type { Type } from './type.ts';

/** More comparisons than any honest graph needs; types that refer to each other can ask for 2^n. */
const MOST_STEPS = 100_000;
/** Unions of unions of …, by name: the comparison is recursive. */
const MOST_LEVELS = 500;

/** The types of one graph are too large to be compared; thrown inside this folder only. */
export class TooMuchEffort extends Error {}

/** What checking one graph may cost, and what is known already. */
export type Effort = {
  left: number;
  levels: number;
  readonly known: Map<Type, Map<Type, boolean>>;
};

export const newEffort = (): Effort => ({ left: MOST_STEPS, levels: 0, known: new Map() });

export function spend(effort: Effort): void {
  effort.left -= 1;
  if (effort.left < 0) throw new TooMuchEffort();
}

/** Goes one level deeper for what `compare` does. */
export function deeper<T>(effort: Effort, compare: () => T): T {
  effort.levels += 1;
  if (effort.levels > MOST_LEVELS) throw new TooMuchEffort();
  const result = compare();
  effort.levels -= 1;
  return result;
}

import type { Clock } from '#kernel/clock.ts';

export interface MovableClock extends Clock {
  advance(milliseconds: number): void;
}

/** A clock that stands still until it is moved. */
export const movableClock = (start = Date.UTC(2026, 0, 1)): MovableClock => {
  let now = start;
  return {
    now: () => now,
    advance: (milliseconds) => {
      now += milliseconds;
    },
  };
};

/** Counts the steps of calls that had to wait for each other. */
export interface RoundTripCounter {
  /** `trips`: how many steps the call is by itself, 1 unless it says more. */
  run<T>(call: () => Promise<T>, trips?: (result: T) => number): Promise<T>;
  longest(): number;
  reset(): void;
}

// Kept from before any test replaces it with one of its own clock.
const { setImmediate: soon } = globalThis;

// A store in the same process answers within microtasks, before work that was begun in parallel
// even makes its call. Until the next turn nothing counts as answered, as over a network.
const nextTurn = (): Promise<void> => new Promise((resolve) => soon(resolve));

/** A call comes one step after the latest step that had ended when it began. */
export const roundTripCounter = (): RoundTripCounter => {
  let ended = 0;
  let era = 0;
  return {
    run: async (call, trips) => {
      const begunIn = era;
      const before = ended;
      const end = (steps: number): void => {
        // What began before a reset belongs to what was measured then.
        if (begunIn === era) ended = Math.max(ended, before + steps);
      };
      try {
        const result = await call();
        await nextTurn();
        end(trips?.(result) ?? 1);
        return result;
      } catch (error) {
        end(1);
        throw error;
      }
    },
    longest: () => ended,
    reset: () => {
      ended = 0;
      era += 1;
    },
  };
};

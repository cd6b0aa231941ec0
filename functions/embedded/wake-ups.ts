/** Lets those who wait for a queue sleep until somebody in this process wakes them. */
export interface WakeUps {
  /** Resolves after `milliseconds`, or earlier by `wake`, `close` or the signal. */
  next(queue: string, milliseconds: number, signal?: AbortSignal): Promise<void>;
  wake(queue: string): void;
  /** Wakes everybody for good. */
  close(): void;
  closed(): boolean;
}

export const openWakeUps = (): WakeUps => {
  const sleepers = new Map<string, Set<() => void>>();
  let closed = false;
  const wake = (queue: string): void => {
    for (const wakeOne of [...(sleepers.get(queue) ?? [])]) wakeOne();
  };
  const sleep = (queue: string, milliseconds: number, signal: AbortSignal | undefined) =>
    new Promise<void>((resolve) => {
      const here = sleepers.get(queue) ?? new Set();
      sleepers.set(queue, here);
      const wakeUp = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', wakeUp);
        here.delete(wakeUp);
        if (here.size === 0 && sleepers.get(queue) === here) sleepers.delete(queue);
        resolve();
      };
      const timer = setTimeout(wakeUp, milliseconds);
      signal?.addEventListener('abort', wakeUp);
      here.add(wakeUp);
    });
  return {
    next: async (queue, milliseconds, signal) => {
      if (!closed && signal?.aborted !== true) await sleep(queue, milliseconds, signal);
    },
    wake,
    close: () => {
      closed = true;
      for (const queue of [...sleepers.keys()]) wake(queue);
    },
    closed: () => closed,
  };
};

/** Calls `act` at the end of the signal, now if that was before; returns how to forget it. */
export function onAbort(signal: AbortSignal, act: () => void): () => void {
  if (signal.aborted) {
    act();
    return () => {};
  }
  signal.addEventListener('abort', act, { once: true });
  return () => signal.removeEventListener('abort', act);
}

/**
 * Does `act` for each item, at most `width` at a time. The first failure aborts the others, and is
 * thrown when they have ended: nothing goes on behind the caller's back.
 */
export async function forEach<T>(
  items: readonly T[],
  width: number,
  signal: AbortSignal,
  act: (item: T, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const failed = new AbortController();
  const both = AbortSignal.any([signal, failed.signal]);
  const waiting = items.values();
  let failure: { readonly error: unknown } | undefined;
  const worker = async () => {
    for (const item of waiting) {
      if (both.aborted) return;
      try {
        await act(item, both);
      } catch (error) {
        failure ??= { error };
        failed.abort();
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(width, items.length) }, worker));
  if (failure !== undefined) throw failure.error;
  signal.throwIfAborted();
}

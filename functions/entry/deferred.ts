import type { Context, Logger, Platform } from '#kernel/context.ts';

/** Work that answers leave behind: a failure is logged, and whoever ends or sleeps waits until it has settled. */
export function deferring(log: Logger) {
  const pending = new Set<Promise<unknown>>();
  return {
    defer(work: Promise<unknown>): void {
      const done = work.catch((error: unknown) =>
        log.error('background', {
          message: error instanceof Error ? error.message : String(error),
        }),
      );
      pending.add(done);
      void done.finally(() => pending.delete(done));
    },
    async settled(): Promise<void> {
      while (pending.size > 0) await Promise.all(pending);
    },
  };
}

/** Does something as the platform itself, on nobody's behalf, and waits for what that leaves behind. */
export async function bySystem<T>(
  platform: Platform,
  act: (ctx: Context) => Promise<T>,
): Promise<T> {
  const { defer, settled } = deferring(platform.log);
  return act({ ...platform, actor: { kind: 'system' }, defer }).finally(settled);
}

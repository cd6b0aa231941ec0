import type { Logger } from './context.ts';

const RENEW_MS = 20_000;

/** Renews a lease of a minute, which says false once it is another's, until it is stopped; `signal` tells that it is lost. */
export function keepLease(
  { log }: { readonly log: Logger },
  event: string,
  renew: () => Promise<boolean>,
): { readonly signal: AbortSignal; readonly stop: () => void } {
  const lost = new AbortController();
  const look = async (): Promise<void> => {
    if (!(await renew())) lost.abort();
  };
  const timer = setInterval(() => {
    // One that fails is repeated by the next.
    look().catch((error: unknown) => log.error(event, { message: String(error) }));
  }, RENEW_MS);
  return { signal: lost.signal, stop: () => clearInterval(timer) };
}

import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';
import { ApiError, isSignedOut } from './api-error.ts';

/** Refusals stay what they are; what a busy server or a lost line caused may pass. */
function mayPass(tries: number, error: unknown): boolean {
  if (tries >= 3) return false;
  if (!(error instanceof ApiError)) return true;
  return error.status === 429 || error.status >= 500;
}

const pauseMs = (tries: number, error: unknown): number =>
  error instanceof ApiError && error.retryAfter !== undefined
    ? Math.min(error.retryAfter, 30) * 1000
    : Math.min(1000 * 2 ** tries, 8000);

/** One store of answers for the whole page. A call that finds the session over asks who is signed in anew. */
export function createQueryClient(): QueryClient {
  const onError = (error: unknown): void => {
    if (isSignedOut(error)) void client.invalidateQueries({ queryKey: ['session'] });
  };
  const client = new QueryClient({
    queryCache: new QueryCache({ onError }),
    mutationCache: new MutationCache({ onError }),
    defaultOptions: {
      queries: { retry: mayPass, retryDelay: pauseMs, staleTime: 5_000 },
      mutations: { retry: false },
    },
  });
  return client;
}

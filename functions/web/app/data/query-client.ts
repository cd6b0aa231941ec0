import { MutationCache, type Query, QueryCache, QueryClient } from '@tanstack/react-query';
import { ApiError, isNotFound, isSignedOut } from './api-error.ts';

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

/** However much is not found, the groups are asked for again no sooner. */
const GROUPS_MS = 10_000;

/** One store of answers for the whole page. A call that finds the session over asks who is signed in anew. */
export function createQueryClient(): QueryClient {
  const onError = (error: unknown): void => {
    if (isSignedOut(error)) void client.invalidateQueries({ queryKey: ['session'] });
    // Perhaps its group is no longer the caller's: then the whole page is not.
    if (isNotFound(error)) {
      const predicate = ({ state }: Query) => Date.now() - state.dataUpdatedAt > GROUPS_MS;
      void client.refetchQueries({ queryKey: ['groups'], predicate });
    }
  };
  const client = new QueryClient({
    queryCache: new QueryCache({ onError }),
    mutationCache: new MutationCache({ onError }),
    defaultOptions: {
      queries: { retry: mayPass, retryDelay: pauseMs, staleTime: 5_000 },
      // What was answered is not kept: it may be a token that is shown once.
      mutations: { retry: false, gcTime: 0 },
    },
  });
  return client;
}

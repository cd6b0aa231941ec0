import { useEffect, useState } from 'react';
import { ApiError } from '../../data/api-error.ts';

/** Seconds until the server takes another try, counted down; 0 where it takes one now. */
export function useWait(error: unknown): number {
  const [left, setLeft] = useState(0);
  useEffect(() => {
    const wait = error instanceof ApiError ? (error.retryAfter ?? 0) : 0;
    const until = Date.now() + wait * 1000;
    const look = (): void => setLeft(Math.max(0, Math.ceil((until - Date.now()) / 1000)));
    look();
    if (wait === 0) return;
    const timer = setInterval(look, 500);
    return () => clearInterval(timer);
  }, [error]);
  return left;
}

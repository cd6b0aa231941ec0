import { createContext, type ReactNode, useCallback, useContext, useMemo, useState } from 'react';
import { ApiError } from '../data/api-error.ts';
import { Button } from './button.tsx';
import './notices.css';

interface Notice {
  readonly id: number;
  readonly text: string;
  readonly bad: boolean;
}

interface Notices {
  /** Says what was done; gone after some seconds. */
  readonly done: (text: string) => void;
  /** Says what did not work, until it is closed. */
  readonly failed: (error: unknown) => void;
}

const Context = createContext<Notices>({ done: () => undefined, failed: () => undefined });

/** To say what came of something that was asked for. */
export const useNotices = (): Notices => useContext(Context);

const SHOWN_MS = 6_000;
let last = 0;

const messageOf = (error: unknown): string => {
  if (error instanceof ApiError) return error.message;
  return 'The server was not reached. Check the connection and try again.';
};

/** What was done and what failed, in a corner and to screen readers. */
export function NoticesProvider({ children }: { readonly children: ReactNode }) {
  const [notices, setNotices] = useState<readonly Notice[]>([]);
  const close = useCallback(
    (id: number) => setNotices((known) => known.filter((notice) => notice.id !== id)),
    [],
  );
  const say = useCallback(
    (text: string, bad: boolean) => {
      last += 1;
      const id = last;
      setNotices((known) => [...known.slice(-3), { id, text, bad }]);
      if (!bad) setTimeout(() => close(id), SHOWN_MS);
    },
    [close],
  );
  const value = useMemo(
    () => ({
      done: (text: string) => say(text, false),
      failed: (error: unknown) => say(messageOf(error), true),
    }),
    [say],
  );
  return (
    <Context value={value}>
      {children}
      <div className="notices" role="status" aria-live="polite">
        {notices.map(({ id, text, bad }) => (
          <div key={id} className={bad ? 'notice bad' : 'notice'}>
            <bdi>{text}</bdi>
            <Button kind="quiet" aria-label="Close" onClick={() => close(id)}>
              ✕
            </Button>
          </div>
        ))}
      </div>
    </Context>
  );
}

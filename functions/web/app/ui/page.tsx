import type { UseQueryResult } from '@tanstack/react-query';
import { type ReactNode, useEffect, useId, useState } from 'react';
import { ApiError, isNotFound } from '../data/api-error.ts';
import { Button } from './button.tsx';
import { Copyable } from './text.tsx';
import './page.css';

interface PageProps {
  /** Also the title of the window. */
  readonly title: string;
  /** Where it belongs: links from the list down to here. */
  readonly above?: ReactNode;
  /** What can be done here. */
  readonly actions?: ReactNode;
  /** How old what is shown is. */
  readonly freshness?: ReactNode;
  readonly children: ReactNode;
}

/** Head and body of a page. */
export function Page({ title, above, actions, freshness, children }: PageProps) {
  useEffect(() => {
    document.title = `${title} – Assay`;
  }, [title]);
  return (
    <div className="page">
      <header className="page-head">
        <div>
          {above !== undefined && <div className="page-above">{above}</div>}
          <h1 tabIndex={-1}>
            <bdi>{title}</bdi>
          </h1>
        </div>
        <div className="row">
          {freshness}
          {actions}
        </div>
      </header>
      {children}
    </div>
  );
}

interface CardProps {
  readonly title?: string;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}

export function Card({ title, actions, children }: CardProps) {
  const heading = useId();
  return (
    <section className="card" aria-labelledby={title === undefined ? undefined : heading}>
      {(title !== undefined || actions !== undefined) && (
        <header className="card-head">
          {title !== undefined && <h2 id={heading}>{title}</h2>}
          {actions}
        </header>
      )}
      {children}
    </section>
  );
}

/** Shows itself only after a moment: what answers at once shall not flicker. */
export function Loading({ what = 'Loading …' }: { readonly what?: string }) {
  const [late, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), 250);
    return () => clearTimeout(timer);
  }, []);
  return (
    <p role="status" className="quiet loading">
      {late ? what : ''}
    </p>
  );
}

/** What to do about an error, in a sentence. */
function adviceOf(error: unknown): string {
  if (!(error instanceof ApiError)) {
    return 'The server was not reached. Check the connection; this page tries again by itself.';
  }
  const { status, retryAfter } = error;
  if (status === 401) return 'The session is over. Sign in again; nothing is lost.';
  if (status === 403) return 'Ask an owner of the group for the permission.';
  if (status === 404) return 'It was deleted, or belongs to a group that you are not in.';
  if (status === 429 || status === 503) {
    return `The server is busy; try again ${retryAfter === undefined ? 'soon' : `in ${retryAfter} s`}.`;
  }
  if (status >= 500) return 'The server failed. Try again; its log names the request.';
  return '';
}

interface ErrorNoteProps {
  readonly error: unknown;
  readonly onRetry?: (() => void) | undefined;
}

/** What went wrong, and what to do. */
export function ErrorNote({ error, onRetry }: ErrorNoteProps) {
  const message = error instanceof ApiError ? error.message : 'No connection.';
  return (
    <div role="alert" className="error-note">
      <p>
        <strong>
          <bdi>{isNotFound(error) ? 'Not found.' : message}</bdi>
        </strong>
      </p>
      <p>{adviceOf(error)}</p>
      {onRetry !== undefined && <Button onClick={onRetry}>Try again</Button>}
    </div>
  );
}

interface EmptyProps {
  /** What is missing: "No experiments yet". */
  readonly title: string;
  readonly children?: ReactNode;
  /** Client code that makes the first one, to copy. */
  readonly code?: string;
  readonly action?: ReactNode;
}

/** Where nothing is: what to do next. */
export function Empty({ title, children, code, action }: EmptyProps) {
  return (
    <div className="empty">
      <h2>{title}</h2>
      {children}
      {action}
      {code !== undefined && <Copyable text={code} />}
    </div>
  );
}

interface AnswerProps<Data> {
  readonly query: UseQueryResult<Data>;
  readonly children: (data: Data) => ReactNode;
  readonly loading?: string;
}

/** What a query answered; else that it is under way, or what went wrong. Old data stays when a renewal fails. */
export function Answer<Data>({ query, children, loading }: AnswerProps<Data>) {
  if (query.data !== undefined) return children(query.data);
  if (query.isError) {
    return <ErrorNote error={query.error} onRetry={() => void query.refetch()} />;
  }
  return loading === undefined ? <Loading /> : <Loading what={loading} />;
}

import { type ReactNode, useEffect, useState } from 'react';
import { ago, clockTime, fullTime } from '../data/format.ts';
import { Button, type ButtonKind } from './button.tsx';
import './text.css';

/** A name that people or programs gave: shown as it is, with its directions kept within. */
export const Name = ({ children }: { readonly children: string }) => <bdi>{children}</bdi>;

/** Now, renewed each half minute, so that "2 min. ago" does not stand still. */
export function useNow(everyMs = 30_000): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return now;
}

const SKEW_MS = 60_000;

/** A moment as "3 min. ago" or "in 3 days", in full when pointed at. */
export function Time({ at }: { readonly at: number | string | null | undefined }) {
  const now = useNow();
  if (at === null || at === undefined) return <span className="quiet">–</span>;
  const date = new Date(at);
  if (Number.isNaN(date.getTime())) return <span className="quiet">–</span>;
  // A clock that is a little slow does not make what has just happened lie ahead.
  const ahead = date.getTime() - now;
  return (
    <time dateTime={date.toISOString()} title={fullTime(date)}>
      {ago(date, ahead > 0 && ahead < SKEW_MS ? date.getTime() : now)}
    </time>
  );
}

export type Tone = 'plain' | 'good' | 'bad' | 'warn' | 'busy';

/** A short word with a colour; the word alone says it, too. */
export const Badge = ({ tone = 'plain', children }: { tone?: Tone; children: ReactNode }) => (
  <span className={`badge ${tone}`}>{children}</span>
);

interface FreshnessProps {
  /** When the figures beside it were read, in ms; 0 while they were not. */
  readonly at: number;
  readonly onRefresh?: () => void;
  readonly busy?: boolean;
  /** What went wrong with the last look, if it did. */
  readonly error?: Error | null;
}

/** When what is shown was read: nothing looks newer than it is. */
export function Freshness({ at, onRefresh, busy = false, error }: FreshnessProps) {
  if (at === 0) return null;
  const stale = error !== null && error !== undefined;
  return (
    <span className={stale ? 'freshness stale' : 'freshness'}>
      {stale ? 'Could not be renewed; as of ' : 'As of '}
      <time dateTime={new Date(at).toISOString()}>{clockTime(at)}</time>
      {onRefresh !== undefined && (
        <Button kind="quiet" busy={busy} onClick={onRefresh} aria-label="Read it again">
          ↻
        </Button>
      )}
    </span>
  );
}

interface CopyButtonProps {
  readonly text: string;
  readonly label?: string;
  readonly kind?: ButtonKind;
  /** What it copies, where the place does not say it to screen readers. */
  readonly what?: string;
}

export function CopyButton({ text, label = 'Copy', kind = 'plain', what }: CopyButtonProps) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 2000);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = () => void navigator.clipboard.writeText(text).then(() => setCopied(true));
  return (
    <Button kind={kind} onClick={copy}>
      {copied ? 'Copied' : label}
      {what !== undefined && <span className="visually-hidden"> {what}</span>}
    </Button>
  );
}

interface FreshnessOfProps {
  readonly query: {
    readonly dataUpdatedAt: number;
    readonly isFetching: boolean;
    readonly error: Error | null;
    readonly refetch: () => unknown;
  };
}

/** When a query was answered, with a button that asks it again. */
export const FreshnessOf = ({ query }: FreshnessOfProps) => (
  <Freshness
    at={query.dataUpdatedAt}
    onRefresh={() => void query.refetch()}
    busy={query.isFetching}
    error={query.error}
  />
);

/** Text to take along, and a button that copies it. */
export function Copyable({ text, label = 'Copy' }: { text: string; label?: string }) {
  return (
    <div className="copyable">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys */}
      <pre tabIndex={0}>{text}</pre>
      <CopyButton text={text} label={label} />
    </div>
  );
}

/** Pairs of what it is and its value. */
export function Facts({ facts }: { facts: readonly (readonly [string, ReactNode])[] }) {
  return (
    <dl className="facts">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

interface ProgressProps {
  /** From 0 to 1. */
  readonly value: number;
  readonly label: string;
}

export const Progress = ({ value, label }: ProgressProps) => (
  <progress className="progress" max={1} value={value} aria-label={label} />
);

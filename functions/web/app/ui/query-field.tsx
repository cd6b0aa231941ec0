import { type ReactNode, useEffect, useId, useRef, useState } from 'react';
import { ApiError } from '../data/api-error.ts';
import { Button } from './button.tsx';
import { Menu } from './menu.tsx';
import './query-field.css';
import { submitting } from './form.tsx';

export interface QueryExample {
  readonly query: string;
  /** What it finds. */
  readonly finds: string;
}

interface QueryFieldProps {
  readonly label: string;
  /** What is searched by now. */
  readonly value: string;
  /** Enter or the button; an empty text finds everything. */
  readonly onSearch: (text: string) => void;
  /** What came of the search by `value`, where it was refused. */
  readonly error?: unknown;
  /** What was perhaps meant, below what was refused. */
  readonly hint?: string | undefined;
  readonly examples: readonly QueryExample[];
  /** What may stand in it, above the examples. */
  readonly help?: ReactNode;
  readonly placeholder?: string;
}

/** Where in a query the mistake is, from 0 on; of answers that say so. */
export function errorPosition(error: unknown): number | undefined {
  if (!(error instanceof ApiError)) return undefined;
  const at = error.answer.error_position;
  return typeof at === 'number' && Number.isSafeInteger(at) && at >= 0 ? at : undefined;
}

/** Whether the server could not read the query: the field says it, so nothing else need. */
export const isRefused = (error: unknown): boolean =>
  error instanceof ApiError && error.status === 400;

/** A query in the server's language: searched by Enter, with examples, and its mistakes pointed at. */
export function QueryField(props: QueryFieldProps) {
  const { label, value, onSearch, error, hint, examples, help, placeholder } = props;
  const [text, setText] = useState(value);
  const input = useRef<HTMLInputElement>(null);
  const id = useId();
  useEffect(() => setText(value), [value]);
  const refused = isRefused(error);
  const search = submitting(() => onSearch(text.trim()));
  const goTo = (at: number): void => {
    setText(value);
    input.current?.focus();
    requestAnimationFrame(() => input.current?.setSelectionRange(at, at + 1));
  };
  return (
    <search className="query-field">
      <form className="query-field-line" onSubmit={search}>
        <label htmlFor={id} className="visually-hidden">
          {label}
        </label>
        <input
          ref={input}
          id={id}
          type="search"
          value={text}
          placeholder={placeholder}
          spellCheck={false}
          autoComplete="off"
          autoCapitalize="none"
          aria-invalid={refused || undefined}
          aria-describedby={refused ? `${id}-error` : undefined}
          onChange={({ target }) => setText(target.value)}
        />
        <Button type="submit">Search</Button>
        {value !== '' && (
          <Button kind="quiet" onClick={() => onSearch('')}>
            Clear
          </Button>
        )}
        <Menu label="Examples" kind="quiet">
          {help !== undefined && <div className="query-field-help">{help}</div>}
          {examples.map(({ query, finds }) => (
            <Button key={query} className="query-field-example" onClick={() => onSearch(query)}>
              <code>{query}</code>
              <span className="quiet">{finds}</span>
            </Button>
          ))}
        </Menu>
      </form>
      {refused && (
        <div id={`${id}-error`} role="alert" className="query-field-error">
          <bdi>{error instanceof ApiError && error.message}</bdi>
          {hint !== undefined && <bdi>{hint}</bdi>}
          <Mistake text={value} at={errorPosition(error)} onGo={goTo} />
        </div>
      )}
    </search>
  );
}

interface MistakeProps {
  readonly text: string;
  readonly at: number | undefined;
  readonly onGo: (at: number) => void;
}

const AROUND = 60;

/** The part of the query around the mistake, with a caret below it. */
function Mistake({ text, at, onGo }: MistakeProps) {
  if (at === undefined || at > text.length) return null;
  const [from, to] = [Math.max(0, at - AROUND), at + AROUND];
  return (
    <span className="query-field-mistake">
      <code aria-hidden="true">
        {from > 0 && '…'}
        {text.slice(from, at)}
        <mark>{text.slice(at, at + 1) || ' '}</mark>
        {text.slice(at + 1, to)}
        {to < text.length && '…'}
      </code>
      <Button kind="quiet" onClick={() => onGo(at)}>
        Go to it
      </Button>
    </span>
  );
}

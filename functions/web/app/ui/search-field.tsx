import { useEffect, useState } from 'react';
import { TextField } from './field.tsx';
import { submitting } from './form.tsx';

interface SearchProps {
  readonly label: string;
  readonly placeholder: string;
  /** What is searched for now. */
  readonly value: string;
  readonly onSearch: (text: string) => void;
}

const PAUSE_MS = 300;

/** Searches when one pauses, not at each key. */
export function SearchField({ value, onSearch, ...texts }: SearchProps) {
  const [typed, setTyped] = useState(value);
  useEffect(() => setTyped(value), [value]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: only what was typed starts the pause
  useEffect(() => {
    if (typed === value) return;
    const timer = setTimeout(() => onSearch(typed), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [typed]);
  return (
    <TextField
      type="search"
      labelHidden
      {...texts}
      value={typed}
      onChange={({ target }) => setTyped(target.value)}
    />
  );
}

/** Searches when Enter is pressed, where each search costs. */
export function SearchOnEnter({ value, onSearch, ...texts }: SearchProps) {
  const [typed, setTyped] = useState(value);
  return (
    <form onSubmit={submitting(() => onSearch(typed))}>
      <TextField
        type="search"
        labelHidden
        maxLength={200}
        {...texts}
        value={typed}
        onChange={({ target }) => setTyped(target.value)}
      />
    </form>
  );
}

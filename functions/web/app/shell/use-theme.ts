import { useSyncExternalStore } from 'react';
import { keepTheme, keptTheme, type Theme } from './kept.ts';

const listeners = new Set<() => void>();
let current: Theme | undefined;

const read = (): Theme => {
  current ??= keptTheme();
  return current;
};

const listen = (listener: () => void): (() => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

function change(theme: Theme): void {
  current = theme;
  keepTheme(theme);
  for (const listener of listeners) listener();
}

/** What the button changes to: first the opposite of what is seen, then back, then as the device has it. */
export function nextTheme(theme: Theme, isDeviceDark: boolean): Theme {
  const [device, opposite] = isDeviceDark
    ? (['dark', 'light'] as const)
    : (['light', 'dark'] as const);
  if (theme === 'system') return opposite;
  return theme === opposite ? device : 'system';
}

/** The theme and its change: the same wherever it is chosen, even where the browser keeps nothing. */
export const useTheme = () => [useSyncExternalStore(listen, read), change] as const;

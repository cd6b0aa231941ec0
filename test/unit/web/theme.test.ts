import { expect, test } from 'vitest';
import { nextTheme } from '../../../functions/web/app/shell/use-theme.ts';

test.each([
  [false, ['dark', 'light', 'system']],
  [true, ['light', 'dark', 'system']],
] as const)(
  'the button of the theme changes what is seen first (dark device: %s)',
  (isDark, seen) => {
    const first = nextTheme('system', isDark);
    const second = nextTheme(first, isDark);
    expect([first, second, nextTheme(second, isDark)]).toEqual(seen);
  },
);

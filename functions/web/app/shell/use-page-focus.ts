import { useRouter } from '@tanstack/react-router';
import { useEffect } from 'react';

/**
 * Another page begins at its heading, for the keyboard and for what reads aloud; the same page with another
 * tab or filter leaves the focus where it is.
 */
export function usePageFocus(): void {
  const router = useRouter();
  useEffect(
    () =>
      router.subscribe('onRendered', ({ fromLocation, pathChanged }) => {
        if (fromLocation === undefined || !pathChanged) return;
        const content = document.getElementById('content');
        const heading = content?.querySelector<HTMLElement>('h1[tabindex]');
        (heading ?? content)?.focus({ preventScroll: true });
      }),
    [router],
  );
}

import { type RefObject, useEffect, useState } from 'react';

/** From the end, in px: nearer counts as being there. */
const NEAR_PX = 40;

/**
 * Keeps the end of what grows in view, until somebody scrolls up; once more when they come back to the end.
 * `toEnd` is called when there are more rows.
 */
export function useStick(
  scroller: RefObject<HTMLElement | null>,
  toEnd: () => void,
  rows: number,
  atFirst: boolean,
) {
  const [isStuck, setStuck] = useState(atFirst);
  useEffect(() => {
    const element = scroller.current;
    if (element === null) return;
    let last = element.scrollTop;
    const look = (): void => {
      const { scrollTop, scrollHeight, clientHeight } = element;
      const isAtEnd = scrollHeight - scrollTop - clientHeight < NEAR_PX;
      // Rows that turn out higher than thought move the end away, but never the view up.
      if (scrollTop < last - 1 && !isAtEnd) setStuck(false);
      else if (isAtEnd && scrollTop > last) setStuck(true);
      last = scrollTop;
    };
    element.addEventListener('scroll', look, { passive: true });
    return () => element.removeEventListener('scroll', look);
  }, [scroller]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: more rows are what it waits for
  useEffect(() => {
    if (!isStuck) return;
    toEnd();
    // Once more when the rows there have been measured.
    const frame = requestAnimationFrame(toEnd);
    return () => cancelAnimationFrame(frame);
  }, [isStuck, rows, toEnd]);
  return { isStuck, stick: () => setStuck(true), release: () => setStuck(false) };
}

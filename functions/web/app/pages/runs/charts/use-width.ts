import { useEffect, useRef, useState } from 'react';

/** How wide an element is, for what is drawn in it. */
export function useWidth<Element extends HTMLElement>(first = 600) {
  const frame = useRef<Element>(null);
  const [width, setWidth] = useState(first);
  useEffect(() => {
    const element = frame.current;
    if (element === null) return;
    const watch = new ResizeObserver(() => setWidth(Math.max(element.clientWidth, 240)));
    watch.observe(element);
    return () => watch.disconnect();
  }, []);
  return [frame, width] as const;
}

import { useVirtualizer } from '@tanstack/react-virtual';
import { type RefObject, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { count } from '../../data/format.ts';
import { Button } from '../../ui/button.tsx';
import { foundLines, heightOf, shownLines } from './log-lines.ts';
import { LogRow } from './log-row.tsx';
import type { Severity } from './log-severity.ts';
import { LogTools } from './log-tools.tsx';
import type { JobLog } from './use-job-log.ts';
import { useStick } from './use-stick.ts';
import './log-view.css';

const LINE_PX = 20;

export interface LogViewProps {
  readonly jobId: number;
  readonly log: JobLog;
  readonly least: Severity | undefined;
  readonly find: string;
  readonly onChange: (changed: { least?: Severity | undefined; find?: string | undefined }) => void;
}

/** The log of a job: as it grows, by severity, with what is looked for marked; quick at any length. */
export function LogView({ jobId, log, least, find, onChange }: LogViewProps) {
  const { lines, count: length } = log;
  const wanted = find.trim().toLowerCase();
  const scroller = useRef<HTMLElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the list grows in place; its length says so
  const shown = useMemo(() => shownLines(lines, least), [lines, length, least]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the same
  const found = useMemo(() => foundLines(lines, shown, wanted), [lines, length, shown, wanted]);
  const rows = shown?.length ?? length;
  const lineAt = (place: number) => lines[shown?.[place] ?? place];
  // The same function while the rows are the same: another one has all of them placed anew.
  const keyOf = useCallback((place: number) => shown?.[place] ?? place, [shown]);
  const virtual = useVirtualizer({
    count: rows,
    getScrollElement: () => scroller.current,
    estimateSize: (place) => heightOf(lineAt(place)?.message ?? '') * LINE_PX,
    getItemKey: keyOf,
    overscan: 12,
  });
  const toEnd = useCallback(() => {
    if (rows > 0) virtual.scrollToIndex(rows - 1, { align: 'end' });
  }, [virtual, rows]);
  const { isStuck, stick, release } = useStick(scroller, toEnd, rows, !log.isEnded);
  const { at, go } = useFound(found, (place) => {
    release();
    virtual.scrollToIndex(place, { align: 'center' });
  });
  const items = virtual.getVirtualItems();
  return (
    <div className="log">
      <LogTools
        {...{ jobId, least, find, onChange, isStuck, stick, release, go }}
        found={{ at, count: found.length }}
        isGrowing={!log.isEnded && !log.isFull}
      />
      <section
        ref={scroller as RefObject<HTMLElement>}
        className="log-lines"
        aria-label="Log"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys
        tabIndex={0}
      >
        <div className="log-all" style={{ height: `${virtual.getTotalSize()}px` }}>
          {items.map(({ index, key, start }) => (
            <LogRow
              key={key}
              ref={virtual.measureElement}
              index={index}
              start={start}
              line={lineAt(index)}
              number={(shown?.[index] ?? index) + 1}
              wanted={wanted}
              isCurrent={found[at] === index && wanted !== ''}
            />
          ))}
        </div>
      </section>
      <LogFoot log={log} rows={rows} least={least} onAll={() => onChange({ least: undefined })} />
    </div>
  );
}

/** Which of the places that were found is looked at, and the way to the next. */
function useFound(found: readonly number[], show: (place: number) => void) {
  const [wished, setWished] = useState(-1);
  const at = found.length === 0 ? -1 : Math.min(wished, found.length - 1);
  const go = (by: 1 | -1): void => {
    const next = (Math.max(at, by === 1 ? -1 : 0) + by + found.length) % Math.max(found.length, 1);
    const place = found[next];
    if (place === undefined) return;
    setWished(next);
    show(place);
  };
  const isNone = found.length === 0;
  useEffect(() => {
    if (isNone) setWished(-1);
  }, [isNone]);
  return { at, go };
}

interface FootProps {
  readonly log: JobLog;
  readonly rows: number;
  readonly least: Severity | undefined;
  readonly onAll: () => void;
}

/** How much there is, and whether more comes. */
function LogFoot({ log, rows, least, onAll }: FootProps) {
  const { count: length, isRead, isBehind, isEnded, isFull, error } = log;
  const size =
    least === undefined ? `${count(length)} lines` : `${count(rows)} of ${count(length)} lines`;
  const state = isFull
    ? 'This page shows no more than these; the download has all of them.'
    : isBehind || !isRead
      ? 'Reading …'
      : isEnded
        ? 'The log has ended.'
        : 'More lines come as they are written.';
  return (
    <p className="quiet log-foot">
      {isRead ? `${size}. ${state}` : 'Reading the log …'}{' '}
      {length > 0 && rows === 0 && <Button onClick={onAll}>Show all severities</Button>}
      {error !== null && (
        <span role="alert">The log could not be read just now; it is tried again.</span>
      )}
    </p>
  );
}

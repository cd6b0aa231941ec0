import { type Ref, useMemo } from 'react';
import { clockTime, fullTime } from '../../data/format.ts';
import type { LogLine } from './log-lines.ts';
import { rankOf } from './log-severity.ts';
import { markedParts, textParts, visible } from './safe-text.ts';

interface LogRowProps {
  readonly ref: Ref<HTMLDivElement>;
  readonly index: number;
  /** In px from the top of all rows. */
  readonly start: number;
  readonly line: LogLine | undefined;
  readonly number: number;
  readonly wanted: string;
  readonly isCurrent: boolean;
}

/** A line of a log, with its colours; what it holds is shown as it is and does nothing. */
export function LogRow(props: LogRowProps) {
  const { ref, index, start, line, number, wanted, isCurrent } = props;
  const parts = useMemo(
    () => markedParts(textParts(line?.message ?? ''), wanted),
    [line?.message, wanted],
  );
  if (line === undefined) return null;
  const rank = rankOf(line.severity);
  const grave = rank >= 3 ? ' bad' : rank === 2 ? ' warn' : '';
  return (
    <div
      ref={ref}
      data-index={index}
      className={`log-row${grave}${isCurrent ? ' current' : ''}`}
      style={{ transform: `translateY(${start}px)` }}
    >
      <span className="log-number">{number}</span>
      <time dateTime={line.createdOn} title={fullTime(line.createdOn)}>
        {clockTime(line.createdOn)}
      </time>
      <span className="log-severity">{visible(line.severity)}</span>
      <span className="log-logger" title={visible(line.loggerName)}>
        <bdi>{visible(line.loggerName)}</bdi>
      </span>
      <span className="log-message">
        <bdi>
          {parts.map(({ text, look, isSign, isMarked }, place) => {
            const classes = `${look}${isSign ? ' log-sign' : ''}`.trim();
            const key = place;
            if (isMarked) {
              return (
                <mark key={key} className={classes}>
                  {text}
                </mark>
              );
            }
            return classes === '' ? (
              text
            ) : (
              <span key={key} className={classes}>
                {text}
              </span>
            );
          })}
        </bdi>
      </span>
    </div>
  );
}

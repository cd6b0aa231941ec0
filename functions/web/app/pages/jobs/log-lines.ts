import { rankOf, type Severity } from './log-severity.ts';
import { visible } from './safe-text.ts';

export interface LogLine {
  readonly severity: string;
  readonly loggerName: string;
  readonly message: string;
  readonly createdOn: string;
}

/** Places in `lines` of those that are at least as grave. */
export function shownLines(
  lines: readonly LogLine[],
  least: Severity | undefined,
): readonly number[] | undefined {
  if (least === undefined || least === 'DEBUG') return undefined;
  const rank = rankOf(least);
  return lines.flatMap((line, index) => (rankOf(line.severity) >= rank ? [index] : []));
}

/** Whether a line has what is looked for (in lower case), as it is shown: escape sequences do not part words. */
export const holds = ({ message, loggerName }: LogLine, wanted: string): boolean =>
  visible(message).toLowerCase().includes(wanted) || loggerName.toLowerCase().includes(wanted);

/** Places among the shown lines of those that hold what is looked for. */
export function foundLines(
  lines: readonly LogLine[],
  shown: readonly number[] | undefined,
  wanted: string,
): readonly number[] {
  if (wanted === '') return [];
  const count = shown?.length ?? lines.length;
  const found: number[] = [];
  for (let place = 0; place < count; place += 1) {
    const line = lines[shown?.[place] ?? place];
    if (line !== undefined && holds(line, wanted)) found.push(place);
  }
  return found;
}

/** Lines of text that a message has. */
export function heightOf(message: string): number {
  let count = 1;
  for (let at = message.indexOf('\n'); at !== -1; at = message.indexOf('\n', at + 1)) count += 1;
  return count;
}

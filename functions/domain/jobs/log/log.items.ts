import { key, pad, prefix } from '#kernel/keys.ts';
import type { Attribute, Item, Key } from '#kernel/table.ts';
import type { LogSeverity } from '../protocol.ts';

export interface LogLine {
  readonly severity: LogSeverity;
  readonly logger: string;
  readonly message: string;
  /** Milliseconds since the epoch. */
  readonly createdOn: number;
}

/** How long the log is, and how far each attempt's own stream got. */
export interface LogHead {
  readonly next: number;
  readonly streams: { readonly [attempt: string]: number };
}

/** Lines of one item take at most about so many bytes. */
const CHUNK_BYTES = 200_000;

export const logKeys = {
  head: (jobId: number): Key => key(`${prefix.log}#${jobId}`, 'HEAD'),
  partition: (jobId: number): string => `${prefix.log}#${jobId}`,
  /** By the number of its first line. */
  chunk: (jobId: number, first: number): Key =>
    key(`${prefix.log}#${jobId}`, `CHUNK#${pad(first)}`),
  chunks: 'CHUNK#',
  /** Behind the last chunk, before everything else. */
  lastChunk: 'CHUNK#~',
};

type Packed = readonly [string, string, string, number];

export const chunkItem = (jobId: number, first: number, lines: readonly LogLine[]): Item => ({
  ...logKeys.chunk(jobId, first),
  first,
  lines: lines.map((line): readonly Attribute[] => [
    line.severity,
    line.logger,
    line.message,
    line.createdOn,
  ]),
});

export const readChunk = (item: Item): readonly LogLine[] =>
  (item.lines as unknown as readonly Packed[]).map(([severity, logger, message, createdOn]) => ({
    severity: severity as LogSeverity,
    logger,
    message,
    createdOn,
  }));

export const readHead = (item: Item | undefined): LogHead => ({
  next: (item?.next as number | undefined) ?? 0,
  streams: (item?.streams as LogHead['streams'] | undefined) ?? {},
});

/** Cuts lines into chunks that fit into items. */
export function inChunks(lines: readonly LogLine[]): readonly (readonly LogLine[])[] {
  const chunks: LogLine[][] = [];
  let bytes = 0;
  for (const line of lines) {
    const size = Buffer.byteLength(line.message) + Buffer.byteLength(line.logger) + 40;
    const last = chunks.at(-1);
    if (last === undefined || bytes + size > CHUNK_BYTES) {
      chunks.push([line]);
      bytes = size;
    } else {
      last.push(line);
      bytes += size;
    }
  }
  return chunks;
}

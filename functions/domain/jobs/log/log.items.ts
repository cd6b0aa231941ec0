import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { key, pad, prefix } from '#kernel/keys.ts';
import {
  type Condition,
  compare,
  type Item,
  itemMissing,
  type Key,
  put,
  update,
  type Write,
} from '#kernel/table.ts';
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
  /** The last lines, as long as they are few, and the number of the first of them. */
  readonly tail: readonly LogLine[];
  readonly tailFirst: number;
}

/** Lines of one item take at most about so many bytes before they are compressed. */
const CHUNK_BYTES = 200_000;
/** As many stay in the head, which is written each time anyway; more become an item of their own. */
const TAIL_BYTES = 8_000;
/** Of an honest item: what it becomes must not be anybody's choice. */
const MAX_UNPACKED = 64 * 1024 * 1024;

export const logKeys = {
  head: (jobId: number): Key => key(`${prefix.log}#${jobId}`, 'HEAD'),
  partition: (jobId: number): string => `${prefix.log}#${jobId}`,
  /** By the number of its first line. */
  chunk: (jobId: number, first: number): Key =>
    key(`${prefix.log}#${jobId}`, `CHUNK#${pad(first)}`),
  chunks: 'CHUNK#',
  /** The head comes behind the last chunk, so that one range holds both. */
  end: 'HEAD',
};

type Packed = readonly [string, string, string, number];

const pack = (lines: readonly LogLine[]): Uint8Array =>
  deflateRawSync(
    JSON.stringify(
      lines.map((line): Packed => [line.severity, line.logger, line.message, line.createdOn]),
    ),
  );

/** Logs of earlier versions hold their lines as they are. */
function unpack({ z, lines = [] }: Item): readonly LogLine[] {
  const packed =
    z instanceof Uint8Array
      ? JSON.parse(inflateRawSync(z, { maxOutputLength: MAX_UNPACKED }).toString('utf8'))
      : lines;
  return (packed as readonly Packed[]).map(([severity, logger, message, createdOn]) => ({
    severity: severity as LogSeverity,
    logger,
    message,
    createdOn,
  }));
}

/** Lines that stand together, from number `first` on. */
export interface Stretch {
  readonly first: number;
  readonly lines: readonly LogLine[];
}

/** What an item of the log holds: a chunk, or the head with the last lines. */
export const readStretch = (item: Item): Stretch => ({
  first: ((item.sk === logKeys.end ? item.tailFirst : item.first) as number | undefined) ?? 0,
  lines: unpack(item),
});

export function readHead(item: Item | undefined): LogHead {
  const next = (item?.next as number | undefined) ?? 0;
  const tail = item === undefined ? [] : unpack(item);
  return {
    next,
    streams: (item?.streams as LogHead['streams'] | undefined) ?? {},
    tail,
    tailFirst: (item?.tailFirst as number | undefined) ?? next,
  };
}

const sizeOf = ({ message, logger }: LogLine): number =>
  Buffer.byteLength(message) + Buffer.byteLength(logger) + 40;

/** Writes that put lines at the end of the log as `head` knows it: one, or a transaction. */
export function appendWrites(
  jobId: number,
  head: LogHead,
  lines: readonly LogLine[],
  streams: LogHead['streams'],
): readonly Write[] {
  const all = [...head.tail, ...lines];
  const next = head.next + lines.length;
  const isFew = all.reduce((sum, line) => sum + sizeOf(line), 0) <= TAIL_BYTES;
  const unchanged: Condition = head.next === 0 ? itemMissing : compare('next', '=', head.next);
  const set = { next, streams: { ...head.streams, ...streams } };
  const at = logKeys.head(jobId);
  if (isFew) {
    return [update(at, { set: { ...set, tailFirst: head.tailFirst, z: pack(all) } }, unchanged)];
  }
  let first = head.tailFirst;
  const chunks = inChunks(all).map((chunk) => {
    const write = put({ ...logKeys.chunk(jobId, first), first, z: pack(chunk) });
    first += chunk.length;
    return write;
  });
  return [update(at, { set: { ...set, tailFirst: next }, remove: ['z'] }, unchanged), ...chunks];
}

/** Cuts lines into chunks that fit into items. */
export function inChunks(lines: readonly LogLine[]): readonly (readonly LogLine[])[] {
  const chunks: LogLine[][] = [];
  let bytes = 0;
  for (const line of lines) {
    const size = sizeOf(line);
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

import type { Readable } from 'node:stream';
import * as z from 'zod';
import {
  LogSeverity,
  MAX_LOG_MESSAGE,
  type Progress,
  Usage,
  type WorkerLogLine,
} from '#domain/jobs/protocol.ts';
import type { Clock } from '#kernel/clock.ts';
import { hide, lineSplitter, pieces } from './lines.ts';
import type { LogPump } from './log-pump.ts';

/** How far the job is, as a whole. */
const ProgressRecord = z.object({ progress: z.number().min(0).max(1), message: z.string() });

/** What the job used, told when it ends. */
const UsageRecord = z.object({ usage: Usage });

/** What the child writes as one JSON object a line on its log descriptor; it may also be of those above. */
const Record = z.object({
  severity: LogSeverity,
  logger: z.string(),
  message: z.string(),
  time: z.string(),
});

/** A record is longer than its text: every control character takes six. */
const MAX_RECORD = 256 * 1024;
const MAX_LOGGER = 500;
const MAX_PROGRESS_MESSAGE = 500;

export interface LogSink {
  readonly pump: LogPump;
  readonly clock: Clock;
  /** Texts that no line may show, such as the job's token. */
  readonly secrets: readonly string[];
  /** May be called often, and with less than before: only the latest says how far the job is. */
  readonly onProgress?: (progress: Progress) => void;
  /** As the child says, so no more than a claim; the latest counts. */
  readonly onUsage?: (usage: Usage) => void;
}

type Kind = Pick<WorkerLogLine, 'severity' | 'logger'>;

/** Stores one text, in as many lines as it takes. */
export async function logText(
  sink: LogSink,
  { severity, logger }: Kind,
  text: string,
  time = sink.clock.now(),
): Promise<void> {
  for (const piece of pieces(hide(text, sink.secrets), MAX_LOG_MESSAGE)) {
    await sink.pump.push({ severity, logger, message: storable(piece), time });
  }
}

/** NUL and halves of surrogate pairs are legal in no store that may come. */
const storable = (text: string): string => text.toWellFormed().replaceAll('\0', '\ufffd');

/** Reads what the child prints until it ends; bytes that are no UTF-8 become U+FFFD. */
export async function readText(source: Readable, kind: Kind, sink: LogSink): Promise<void> {
  await readLines(source, MAX_LOG_MESSAGE, sink, (line) => logText(sink, kind, line));
}

/** Reads the child's log records; what is none is taken for text. */
export async function readRecords(source: Readable, sink: LogSink): Promise<void> {
  await readLines(source, MAX_RECORD, sink, (line) => logRecord(sink, line));
}

async function readLines(
  source: Readable,
  max: number,
  { secrets }: LogSink,
  take: (line: string) => Promise<void>,
): Promise<void> {
  const decoder = new TextDecoder();
  const splitter = lineSplitter({ max, secrets });
  try {
    // A slow `take` stops the reading, a full pipe then stops the child.
    for await (const chunk of source) {
      for (const line of splitter.feed(decoder.decode(chunk, { stream: true }))) await take(line);
    }
  } catch {
    // The stream was given up on; what came before counts.
  }
  for (const line of splitter.feed(decoder.decode())) await take(line);
  for (const line of splitter.end()) await take(line);
}

async function logRecord(sink: LogSink, line: string): Promise<void> {
  const parsed = parse(line);
  const record = Record.safeParse(parsed).data;
  if (record === undefined) {
    if (tellProgress(sink, parsed) || tellUsage(sink, parsed)) return;
    await logText(sink, { severity: 'INFO', logger: 'log' }, line);
    return;
  }
  const { severity, message } = record;
  const logger = shortened(record.logger, MAX_LOGGER);
  const time = Date.parse(record.time);
  await logText(sink, { severity, logger }, message, time >= 0 ? time : sink.clock.now());
}

/** Whether it was that kind of record. */
function tellProgress({ secrets, onProgress }: LogSink, parsed: unknown): boolean {
  const record = ProgressRecord.safeParse(parsed).data;
  if (record === undefined) return false;
  const message = shortened(hide(record.message, secrets), MAX_PROGRESS_MESSAGE);
  onProgress?.({ fraction: record.progress, message });
  return true;
}

function tellUsage({ onUsage }: LogSink, parsed: unknown): boolean {
  const record = UsageRecord.safeParse(parsed).data;
  if (record === undefined) return false;
  onUsage?.(record.usage);
  return true;
}

const shortened = (text: string, max: number): string =>
  storable(text).slice(0, max).toWellFormed();

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

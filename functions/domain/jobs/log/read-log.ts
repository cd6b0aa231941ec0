import type { Context } from '#kernel/context.ts';
import { AppError, invalid } from '#kernel/errors.ts';
import { matches } from '#kernel/search/matches.ts';
import { parseSearch } from '#kernel/search/parse.ts';
import { compareValues } from '#kernel/search/sort.ts';
import { getJob } from '../job.ts';
import { type LogHead, type LogLine, logKeys, readHead, readStretch } from './log.items.ts';

export interface LogRequest {
  readonly index: number;
  readonly pageLength: number;
  readonly severities?: readonly string[];
  readonly search?: string;
  readonly sortBy?: string;
  readonly descending?: boolean;
}

/** Most text of lines that one call keeps, in UTF-16 units. */
const MAX_CALL_CHARACTERS = 16 * 1024 * 1024;
/** A chunk has 200 KB, or one line. */
const CHUNKS_AT_ONCE = 25;

const SEARCHABLE = ['severity', 'message', 'logger_name'];
export const LOG_SORTABLE: { readonly [name: string]: (line: LogLine) => string | number } = {
  severity: (line) => line.severity,
  logger_name: (line) => line.logger,
  created_on: (line) => line.createdOn,
};

/** Throws `too_large` before the lines that one call keeps outgrow its memory. */
function lineBudget(): (line: LogLine) => void {
  let bytes = 0;
  return ({ logger, message }) => {
    bytes += logger.length + message.length;
    if (bytes > MAX_CALL_CHARACTERS) {
      throw new AppError('too_large', 'The lines are too long: ask for fewer with pageLength.');
    }
  };
}

/** Lines from `index` on up to `end`, some at a time; reads no more of the log than that needs. */
async function* readLines(ctx: Context, jobId: number, head: LogHead, index: number, end: number) {
  const pk = logKeys.partition(jobId);
  const inChunks = Math.min(end, head.tailFirst);
  if (index < inChunks) {
    const before = await ctx.table.query({
      pk,
      sk: { from: logKeys.chunks, to: logKeys.chunk(jobId, index).sk },
      order: 'descending',
      limit: 1,
    });
    let at = (before.items[0]?.first as number | undefined) ?? 0;
    while (at < inChunks) {
      const page = await ctx.table.query({
        pk,
        sk: { from: logKeys.chunk(jobId, at).sk, to: logKeys.chunk(jobId, inChunks - 1).sk },
        limit: CHUNKS_AT_ONCE,
      });
      const found = page.items.flatMap((item) => readStretch(item).lines);
      if (found.length === 0) return;
      yield found.slice(Math.max(0, index - at), inChunks - at);
      at += found.length;
    }
  }
  if (end > head.tailFirst) {
    const { tail, tailFirst } = head;
    yield tail.slice(Math.max(0, index - tailFirst), end - tailFirst);
  }
}

/** The lines that are asked for and, unless they must be sorted, of them those of the page only. */
async function readFound(
  ctx: Context,
  jobId: number,
  head: LogHead,
  request: LogRequest,
  matches: (line: LogLine) => boolean,
): Promise<{ readonly rows: readonly LogLine[]; readonly total: number }> {
  const { index, pageLength, sortBy } = request;
  const keep = lineBudget();
  const rows: LogLine[] = [];
  let total = 0;
  for await (const lines of readLines(ctx, jobId, head, 0, head.next)) {
    for (const line of lines.filter(matches)) {
      if (sortBy !== undefined || (total >= index && total < index + pageLength)) {
        keep(line);
        rows.push(line);
      }
      total += 1;
    }
  }
  if (sortBy === undefined) return { rows, total };
  return { rows: sorted(rows, request).slice(index, index + pageLength), total };
}

async function readWindow(
  ctx: Context,
  jobId: number,
  head: LogHead,
  { index, pageLength }: LogRequest,
): Promise<readonly LogLine[]> {
  const keep = lineBudget();
  const rows: LogLine[] = [];
  for await (const lines of readLines(ctx, jobId, head, index, index + pageLength)) {
    lines.forEach(keep);
    rows.push(...lines);
  }
  return rows;
}

function sortValueOf(sortBy: string): (line: LogLine) => string | number {
  const value = Object.hasOwn(LOG_SORTABLE, sortBy) ? LOG_SORTABLE[sortBy] : undefined;
  if (value !== undefined) return value;
  throw invalid(
    'sort_parameter',
    `Cannot sort by "${sortBy}"; use one of: ${Object.keys(LOG_SORTABLE).join(', ')}.`,
  );
}

function sorted(lines: readonly LogLine[], request: LogRequest): readonly LogLine[] {
  const { sortBy, descending } = request;
  if (sortBy === undefined) return lines;
  const value = sortValueOf(sortBy);
  const sign = descending === true ? -1 : 1;
  return [...lines].sort((a, b) => sign * compareValues(value(a), value(b)));
}

/** A page of a job's log, in the order in which the lines arrived. */
export async function readLog(
  ctx: Context,
  jobId: number,
  request: LogRequest,
): Promise<{ readonly rows: readonly LogLine[]; readonly total: number }> {
  const search = parseSearch(request.search ?? '', { fields: SEARCHABLE });
  const severities = new Set(request.severities ?? []);
  const [, headItem] = await Promise.all([getJob(ctx, jobId), ctx.table.get(logKeys.head(jobId))]);
  const head = readHead(headItem);
  const plain = search.terms.length === 0 && severities.size === 0 && request.sortBy === undefined;
  if (plain) return { rows: await readWindow(ctx, jobId, head, request), total: head.next };
  if (request.sortBy !== undefined) sortValueOf(request.sortBy);
  return readFound(
    ctx,
    jobId,
    head,
    request,
    (line) =>
      (severities.size === 0 || severities.has(line.severity)) &&
      matches(search.terms, {
        severity: line.severity,
        message: line.message,
        logger_name: line.logger,
      }),
  );
}

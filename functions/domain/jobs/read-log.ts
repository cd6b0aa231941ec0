import type { Context } from '#kernel/context.ts';
import { invalid } from '#kernel/errors.ts';
import { matches } from '#kernel/search/matches.ts';
import { parseSearch } from '#kernel/search/parse.ts';
import { compareValues } from '#kernel/search/sort.ts';
import { getJob } from './job.ts';
import { type LogLine, logKeys, readChunk, readHead } from './log.items.ts';

export interface LogRequest {
  readonly index: number;
  readonly pageLength: number;
  readonly severities?: readonly string[];
  readonly search?: string;
  readonly sortBy?: string;
  readonly descending?: boolean;
}

const SEARCHABLE = ['severity', 'message', 'logger_name'];
const SORTABLE: { readonly [name: string]: (line: LogLine) => string | number } = {
  severity: (line) => line.severity,
  logger_name: (line) => line.logger,
  created_on: (line) => line.createdOn,
};

/** Lines `index` … of the log; reads no more of it than the page needs. */
async function readWindow(ctx: Context, jobId: number, request: LogRequest): Promise<LogLine[]> {
  const pk = logKeys.partition(jobId);
  const before = await ctx.table.query({
    pk,
    sk: { from: logKeys.chunks, to: logKeys.chunk(jobId, request.index).sk },
    order: 'descending',
    limit: 1,
  });
  const lines: LogLine[] = [];
  const start = (before.items[0]?.first as number | undefined) ?? 0;
  const end = request.index + request.pageLength;
  let at = start;
  while (at < end) {
    const page = await ctx.table.query({
      pk,
      sk: { from: logKeys.chunk(jobId, at).sk, to: logKeys.chunk(jobId, end).sk },
      limit: 25,
    });
    const found = page.items.flatMap(readChunk);
    if (found.length === 0) break;
    lines.push(...found);
    at += found.length;
  }
  return lines.slice(request.index - start, end - start);
}

function sorted(lines: readonly LogLine[], request: LogRequest): readonly LogLine[] {
  const { sortBy, descending } = request;
  if (sortBy === undefined) return lines;
  const value = Object.hasOwn(SORTABLE, sortBy) ? SORTABLE[sortBy] : undefined;
  if (value === undefined) {
    throw invalid(
      'sort_parameter',
      `Cannot sort by "${sortBy}"; use one of: ${Object.keys(SORTABLE).join(', ')}.`,
    );
  }
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
  const { next } = readHead(headItem);
  const plain = search.terms.length === 0 && severities.size === 0 && request.sortBy === undefined;
  if (plain) return { rows: await readWindow(ctx, jobId, request), total: next };
  const all = await readWindow(ctx, jobId, { index: 0, pageLength: next });
  const found = all.filter(
    (line) =>
      (severities.size === 0 || severities.has(line.severity)) &&
      matches(search.terms, {
        severity: line.severity,
        message: line.message,
        logger_name: line.logger,
      }),
  );
  const page = sorted(found, request).slice(request.index, request.index + request.pageLength);
  return { rows: page, total: found.length };
}

import type { Context } from '#kernel/context.ts';
import type { Download } from '#kernel/download.ts';
import { getJob } from '../job.ts';
import { type LogLine, logKeys, readStretch } from './log.items.ts';

/** More than this is fetched from the blob store: answers of the API are limited. */
const MAX_ANSWER_BYTES = 4 * 1024 * 1024;
const URL_SECONDS = 300;
/** A chunk has 200 KB, or one line. */
const CHUNKS_AT_ONCE = 10;

/** One line for each, with what belongs to it behind tabs, as programs that read logs expect. */
const lineOf = ({ createdOn, severity, logger, message }: LogLine): string =>
  `${new Date(createdOn).toISOString()}\t${severity}\t${logger}\t${message.replaceAll('\n', '\n\t')}\n`;

async function* textOf(ctx: Context, jobId: number): AsyncGenerator<string> {
  let from: string = logKeys.chunks;
  for (;;) {
    const { items } = await ctx.table.query({
      pk: logKeys.partition(jobId),
      sk: { from, to: logKeys.end },
      limit: CHUNKS_AT_ONCE,
    });
    for (const item of items) yield readStretch(item).lines.map(lineOf).join('');
    const last = items.at(-1);
    if (last === undefined || items.length < CHUNKS_AT_ONCE) return;
    from = `${last.sk}\u0001`;
  }
}

/** What was read of the text, and then the rest. */
async function* bytesOf(before: string, rest: AsyncGenerator<string>): AsyncGenerator<Uint8Array> {
  yield Buffer.from(before);
  for await (const text of rest) yield Buffer.from(text);
}

/**
 * The log of a job from its first line on, of all attempts, as text in UTF-8. A long one is put beside
 * the job's files, and answered by a signed URL. Throws `not_found`.
 */
export async function downloadLog(ctx: Context, jobId: number): Promise<Download> {
  await getJob(ctx, jobId);
  const filename = `job-${jobId}.log`;
  const contentType = 'text/plain; charset=utf-8';
  const rest = textOf(ctx, jobId);
  let text = '';
  for (;;) {
    const { value, done } = await rest.next();
    if (done === true) return { filename, contentType, bytes: Buffer.from(text) };
    text += value;
    if (text.length > MAX_ANSWER_BYTES) break;
  }
  const key = `packed/logs/${ctx.ids.hex32()}.log`;
  await ctx.blobs.putStream(key, bytesOf(text, rest), { contentType });
  const url = await ctx.blobs.signGet(key, { expiresIn: URL_SECONDS, filename, contentType });
  return { filename, contentType, url };
}

import { type Context, requireSystem } from '#kernel/context.ts';
import { prefix } from '#kernel/keys.ts';
import { queryPages } from '#kernel/query-pages.ts';
import type { Item } from '#kernel/table.ts';
import { removeBlobs } from '../artifacts.ts';
import { runKeys } from '../run.items.ts';
import { indexKeys, markWrite, type Stage } from '../run-index/index.items.ts';
import { runOfTail } from '../run-index/place.ts';
import { settleRun } from '../run-index/settle.ts';

const PAGE = 500;
/** Runs that are removed at once. */
const AT_ONCE = 8;
const STAGES: readonly Stage[] = ['active', 'deleted'];

const gone = ({ pk, sk }: Item) => ({ kind: 'delete' as const, key: { pk, sk } });

/** Removes the items of a partition that are not to stay, page by page; `before` is told each page. */
async function empty(
  ctx: Context,
  pk: string,
  options: {
    readonly stays?: (item: Item) => boolean;
    readonly before?: (items: readonly Item[]) => Promise<void>;
  } = {},
): Promise<void> {
  requireSystem(ctx);
  for await (const page of queryPages(ctx, { pk, limit: PAGE })) {
    const items = page.filter((item) => options.stays?.(item) !== true);
    await options.before?.(items);
    if (items.length > 0) await ctx.table.bulk(items.map(gone));
  }
}

/**
 * Removes a run with all that belongs to it. It may stop anywhere: what finds it goes last, and the mark
 * of the run takes out of the index what is left there.
 */
export async function purgeRun(
  ctx: Context,
  run: { readonly runId: string; readonly experimentId: number; readonly shard?: number },
): Promise<void> {
  requireSystem(ctx);
  const { runId } = run;
  await removeBlobs(ctx, `runs/${runId}/`);
  await ctx.table.write(markWrite(run, ctx.clock.now()));
  const row = runKeys.run(runId);
  const stays = ({ sk }: Item): boolean => sk === row.sk || sk.startsWith('X#');
  await empty(ctx, row.pk, { stays });
  await ctx.table.bulk([{ kind: 'delete', key: row }]);
  await settleRun(ctx, runId);
}

/** Ids of runs of an experiment that are there, some of them. */
async function runsOf(
  ctx: Context,
  experimentId: number,
  most: number,
): Promise<readonly string[]> {
  const cards = STAGES.map((stage) =>
    ctx.table.query({ pk: indexKeys.cards({ experimentId, stage, shard: 0 }), limit: most }),
  );
  const marks = await ctx.table.query({ pk: indexKeys.marks(experimentId, 0), limit: most });
  const marked = marks.items.map(({ sk }) => sk);
  const rows = await ctx.table.batchGet(marked.map(runKeys.run));
  const carded = (await Promise.all(cards)).flatMap(({ items }) =>
    items.map(({ sk }) => runOfTail(sk)),
  );
  // Marks outlive runs for a while.
  return [...new Set([...carded, ...marked.filter((_, at) => rows[at] !== undefined)])].slice(
    0,
    most,
  );
}

/** Removes runs of an experiment; returns of how many, which is fewer than asked for once there are no more. */
export async function purgeRunsOf(
  ctx: Context,
  experimentId: number,
  most: number,
): Promise<number> {
  requireSystem(ctx);
  const runIds = await runsOf(ctx, experimentId, most);
  const queue = [...runIds];
  const work = async (): Promise<void> => {
    for (let runId = queue.pop(); runId !== undefined; runId = queue.pop()) {
      await purgeRun(ctx, { runId, experimentId });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return runIds.length;
}

/** Removes what tracking keeps of an experiment beside its runs: tags and datasets. */
export async function purgeSide(ctx: Context, experimentId: number): Promise<void> {
  requireSystem(ctx);
  const partition = `${prefix.run}#EXP#${experimentId}`;
  const files = async (items: readonly Item[]): Promise<void> => {
    const keys = items.flatMap(({ blob }) => (typeof blob === 'string' ? [blob] : []));
    if (keys.length > 0) await ctx.blobs.remove(keys);
  };
  await empty(ctx, `${partition}#USES`);
  await empty(ctx, `${partition}#DATASETS`, { before: files });
  await empty(ctx, partition);
}

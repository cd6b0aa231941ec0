import { type Context, requireSystem } from '#kernel/context.ts';
import { compare, type Item, update } from '#kernel/table.ts';
import { experimentOfSide } from '../experiments/side.items.ts';
import { decodeCard } from '../run-index/card.ts';
import { indexKeys } from '../run-index/index.items.ts';
import type { Run } from '../schemas.ts';
import { removalKeys } from './removal.items.ts';
import { removalWrite } from './remove-run.ts';

const DAY = 24 * 60 * 60 * 1000;
/** Between two looks at all deleted runs of an experiment. */
const REST_MS = 60 * 60 * 1000;
/** Experiments that one sweep looks at, and deleted runs of each; the next sweep goes on. */
const MOST_EXPERIMENTS = 20;
const MOST_RUNS = 500;

/** An experiment with a retention that is to be looked at. */
export interface Retained {
  readonly experimentId: number;
  /** What was deleted before is to go. */
  readonly until: number;
  readonly item: Item;
}

function toRetained(item: Item, now: number): Retained {
  const experimentId = experimentOfSide(item);
  return { experimentId, until: now - Number(item.retentionDays) * DAY, item };
}

/** Experiments with a retention that are due. */
export async function retainedExperiments(ctx: Context): Promise<readonly Retained[]> {
  requireSystem(ctx);
  const now = ctx.clock.now();
  const { items } = await ctx.table.query({
    index: 'gsi2',
    pk: removalKeys.retained,
    sk: { to: removalKeys.until(now) },
    limit: MOST_EXPERIMENTS,
  });
  return items.map((item) => toRetained(item, now));
}

/** Marks runs that were deleted long enough ago, and notes when to look again; returns those that it marked. */
export async function markRetained(ctx: Context, retained: Retained): Promise<readonly Run[]> {
  requireSystem(ctx);
  const { experimentId, until, item } = retained;
  const now = ctx.clock.now();
  const from = item.lookedTo as string | undefined;
  const page = await ctx.table.query({
    pk: indexKeys.cards({ experimentId, stage: 'deleted', shard: 0 }),
    limit: MOST_RUNS,
    ...(from === undefined ? {} : { sk: { from } }),
  });
  const due = page.items
    .map((card) => decodeCard(card.card as string).run)
    .filter(({ deletedOn, jobId }) => jobId === undefined && (deletedOn ?? now) <= until);
  const outcomes = await Promise.all(
    due.map(({ id }) => ctx.table.write(removalWrite(id, now, until))),
  );
  const isDone = page.next === undefined;
  const gsi2sk = removalKeys.place(isDone ? now + REST_MS : now, experimentId);
  const set = { gsi2sk, ...(isDone ? {} : { lookedTo: page.items.at(-1)?.sk }) };
  const changes = { set, ...(isDone ? { remove: ['lookedTo'] } : {}) };
  const { pk, sk } = item;
  await ctx.table.write(update({ pk, sk }, changes, compare('gsi2sk', '=', String(item.gsi2sk))));
  return due.filter((_, at) => outcomes[at]?.ok === true);
}

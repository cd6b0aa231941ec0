import * as z from 'zod';
import {
  type GroupOverview,
  groupOverview,
  measureStorage,
  type Storage,
} from '#domain/overview/index.ts';
import { type Route, reads, route, writes } from '#http/route.ts';
import { isoTime } from '../shapes.ts';

const DAY_MS = 86_400_000;
const time = z.string();
const count = z.int();

const OverviewQuery = z.object({ since: z.iso.datetime({ offset: true }).optional() });

/** Files of runs, logged models, traces and datasets, as they were counted last; null before that. */
const StorageAnswer = z.object({
  measuring: z.boolean(),
  bytes: z.nullable(z.int()),
  files: z.nullable(count),
  asOf: z.nullable(time),
  isComplete: z.boolean(),
  /** For a month of as much, where the store has a price. */
  estimatedUsdPerMonth: z.nullable(z.number()),
});

/** Each part says when it was so; `isComplete: false` where there was more than one look takes notice of. */
const OverviewAnswer = z.object({
  jobs: z.object({
    running: count,
    queued: count,
    deferred: count,
    finishedSince: count,
    failedSince: count,
    since: time,
    isComplete: z.boolean(),
    asOf: time,
  }),
  pools: z.array(
    z.object({
      name: z.string(),
      kind: z.enum(['managed', 'external']),
      waiting: count,
      running: count,
      /** For administrators: of all groups, at most 500, which stands for more as well. */
      waitingOfAll: count.optional(),
      asOf: time,
    }),
  ),
  limits: z.object({ runningJobs: z.nullable(count), asOf: time }),
  /** Of the jobs that ended in this calendar month (UTC) and are not deleted. */
  use: z.object({
    from: time,
    jobs: count,
    seconds: z.number(),
    estimatedCostUsd: z.nullable(z.number()),
    isComplete: z.boolean(),
    asOf: time,
  }),
  storage: z.nullable(StorageAnswer),
});

const shown = <T extends { readonly asOf: number }>(part: T) => ({
  ...part,
  asOf: isoTime(part.asOf),
});

const toStorage = ({ counted, measuring, estimatedUsdPerMonth }: Storage) => ({
  measuring,
  bytes: counted?.bytes ?? null,
  files: counted?.files ?? null,
  asOf: counted === undefined ? null : isoTime(counted.asOf),
  isComplete: counted?.isComplete ?? false,
  estimatedUsdPerMonth,
});

const toOverview = ({ jobs, pools, limits, use, storage }: GroupOverview) => ({
  jobs: { ...shown(jobs), since: isoTime(jobs.since) },
  pools: pools.map(shown),
  limits: shown(limits),
  use: { ...shown(use), from: isoTime(use.from) },
  storage: storage === undefined ? null : toStorage(storage),
});

export const overviewRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/groups/{id:int}/overview',
    operationId: 'getGroupOverview',
    summary: 'What goes on in the group: its jobs, pools, limits, use of this month and files.',
    access: reads('group'),
    query: OverviewQuery,
    response: OverviewAnswer,
    handle: async ({ ctx, params, query }) => {
      const since = query.since === undefined ? ctx.clock.now() - DAY_MS : Date.parse(query.since);
      return toOverview(await groupOverview(ctx, { groupId: params.id, since }));
    },
  }),
  route({
    method: 'POST',
    path: '/groups/{id:int}/storage/measure',
    operationId: 'measureGroupStorage',
    summary: "Has the group's files counted in the background, at most once a minute.",
    access: writes('group'),
    response: StorageAnswer,
    handle: async ({ ctx, params }) => toStorage(await measureStorage(ctx, params.id)),
  }),
];

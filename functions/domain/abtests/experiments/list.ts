import type { Flag } from '#domain/flags/index.ts';
import { usernamesOf } from '#domain/identity/index.ts';
import { listRows, readCollection, requireInProject } from '#domain/projects/index.ts';
import type { Context } from '#kernel/context.ts';
import { compareText } from '#kernel/text-order.ts';
import type { SavedMetric } from '../saved-metrics/saved-metric.items.ts';
import type { Experiment } from './experiment.items.ts';
import type { Found } from './find.ts';
import { eventsOf } from './metric-events.ts';
import { type ExperimentStatus, statusOf } from './status.ts';

export const EXPERIMENT_ORDERS = [
  'createdOn',
  'createdBy',
  'updatedOn',
  'name',
  'startDate',
  'endDate',
  'duration',
  'status',
] as const;
export type ExperimentOrder = (typeof EXPERIMENT_ORDERS)[number];

export interface ExperimentQuery {
  readonly groupId: number;
  readonly status?: ExperimentStatus;
  readonly archived: boolean;
  readonly flagId?: number;
  readonly createdBy?: number;
  readonly holdoutId?: number;
  /** Part of the name, in any case. */
  readonly search?: string;
  /** What one of its metrics counts. */
  readonly event?: string;
  readonly order: ExperimentOrder;
  readonly descending: boolean;
}

type Test = (found: Found) => boolean;

/** Saved metrics that count an event, by their ids. */
async function counting(ctx: Context, groupId: number, event: string): Promise<Set<number>> {
  const { rows } = await readCollection<SavedMetric>(ctx, 'saved_metric', groupId);
  return new Set(rows.filter(({ query }) => eventsOf(query).has(event)).map(({ id }) => id));
}

async function eventTest(ctx: Context, groupId: number, event: string): Promise<Test> {
  const saved = await counting(ctx, groupId, event);
  return ({ experiment: { metrics, metricsSecondary, savedMetrics } }) =>
    [...metrics, ...metricsSecondary].some((metric) => eventsOf(metric).has(event)) ||
    savedMetrics.some(({ savedMetricId }) => saved.has(savedMetricId));
}

/** The test that an asked value makes; none where nothing was asked. */
const given = <T>(value: T | undefined, test: (value: T) => Test): readonly Test[] =>
  value === undefined ? [] : [test(value)];

async function testsOf(ctx: Context, query: ExperimentQuery): Promise<readonly Test[]> {
  const { archived, event, groupId } = query;
  return [
    ({ experiment }) => experiment.archived === archived,
    ...given(query.status, (status) => ({ experiment, flag }) => {
      return statusOf(experiment, flag) === status;
    }),
    ...given(
      query.flagId,
      (id) =>
        ({ experiment }) =>
          experiment.flagId === id,
    ),
    ...given(
      query.createdBy,
      (id) =>
        ({ experiment }) =>
          experiment.createdBy === id,
    ),
    ...given(
      query.holdoutId,
      (id) =>
        ({ experiment }) =>
          experiment.holdoutId === id,
    ),
    ...given(query.search?.toLowerCase(), (part) => ({ experiment }) => {
      return experiment.name.toLowerCase().includes(part);
    }),
    ...(event === undefined ? [] : [await eventTest(ctx, groupId, event)]),
  ];
}

const STATUS_RANK: Readonly<Record<ExperimentStatus, number>> = {
  draft: 0,
  running: 1,
  paused: 1,
  stopped: 2,
};

type Value = string | number | null;

async function sortValue(
  ctx: Context,
  order: ExperimentOrder,
  found: readonly Found[],
): Promise<(found: Found) => Value> {
  if (order === 'duration') {
    const now = ctx.clock.now();
    return ({ experiment: { startDate, endDate } }) =>
      startDate === null ? null : (endDate ?? now) - startDate;
  }
  if (order === 'status') {
    return ({ experiment, flag }) => STATUS_RANK[statusOf(experiment, flag)];
  }
  if (order !== 'createdBy') return ({ experiment }) => experiment[order];
  const makers = found.flatMap(({ experiment }) => experiment.createdBy ?? []);
  const names = await usernamesOf(ctx, makers);
  return ({ experiment: { createdBy } }) =>
    createdBy === undefined ? null : (names.get(createdBy) ?? null);
}

/** What has no value comes last when they rise, first when they fall. */
function compareValues(left: Value, right: Value): number {
  if (left === right) return 0;
  if (left === null) return 1;
  if (right === null) return -1;
  return typeof left === 'number' && typeof right === 'number'
    ? left - right
    : compareText(String(left), String(right));
}

async function inOrder(
  ctx: Context,
  found: readonly Found[],
  { order, descending }: ExperimentQuery,
): Promise<readonly Found[]> {
  const value = await sortValue(ctx, order, found);
  const sign = descending ? -1 : 1;
  return found
    .map((each) => ({ each, value: value(each), id: each.experiment.id }))
    .sort((left, right) => sign * (compareValues(left.value, right.value) || left.id - right.id))
    .map(({ each }) => each);
}

/** Flags by their ids, deleted ones too: an experiment keeps its own. */
async function flagsOf(ctx: Context, groupId: number): Promise<ReadonlyMap<number | null, Flag>> {
  requireInProject(ctx, 'read', 'feature_flag', { groupId });
  const { rows } = await readCollection<Flag>(ctx, 'feature_flag', groupId);
  return new Map(rows.map((flag) => [flag.id, flag]));
}

/** Every experiment that is not deleted, with its flag. */
export async function allExperiments(ctx: Context, groupId: number): Promise<readonly Found[]> {
  const rows = await listRows<Experiment>(ctx, 'experiment', groupId);
  const flags = rows.length === 0 ? new Map<number | null, Flag>() : await flagsOf(ctx, groupId);
  return rows
    .filter(({ deleted }) => !deleted)
    .map((experiment) => ({ experiment, flag: flags.get(experiment.flagId) }));
}

/** The experiments of a project that a query asks for, all of them, in its order. */
export async function listExperiments(
  ctx: Context,
  query: ExperimentQuery,
): Promise<readonly Found[]> {
  const all = await allExperiments(ctx, query.groupId);
  const tests = await testsOf(ctx, query);
  return inOrder(
    ctx,
    all.filter((found) => tests.every((test) => test(found))),
    query,
  );
}

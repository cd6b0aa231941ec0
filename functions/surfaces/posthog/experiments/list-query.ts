import * as z from 'zod';
import type {
  ExperimentOrder,
  ExperimentQuery,
  ExperimentStatus,
  FlagOrder,
} from '#domain/abtests/index.ts';
import { AppError } from '#kernel/errors.ts';
import { invalidField } from '../errors.ts';
import { queryFlag, queryId } from '../fields.ts';
import { pageQuery } from '../paging.ts';

const optional = (text: string) => z.string().optional().describe(text);

export const ListQuery = z.object({
  ...pageQuery,
  status: optional('draft, running, paused, stopped (or complete), or all.'),
  archived: optional('`true` for archived experiments; all others are listed otherwise.'),
  feature_flag_id: optional('Those of one feature flag.'),
  created_by_id: queryId().describe('Those of one maker.'),
  holdout_id: queryId().describe('Those with one holdout.'),
  search: optional('Part of the name, in any case.'),
  event: optional('An event that one of its metrics counts.'),
  order: optional(
    'created_at, created_by, updated_at, name, start_date, end_date, duration or status; falling with `-` before it.',
  ),
});

const ORDERS: Readonly<Record<string, ExperimentOrder>> = {
  created_at: 'createdOn',
  created_by: 'createdBy',
  updated_at: 'updatedOn',
  name: 'name',
  start_date: 'startDate',
  end_date: 'endDate',
  duration: 'duration',
  status: 'status',
};

const STATUSES: Readonly<Record<string, ExperimentStatus>> = {
  draft: 'draft',
  running: 'running',
  paused: 'paused',
  stopped: 'stopped',
  complete: 'stopped',
};

const known = <T>(table: Readonly<Record<string, T>>, name: string): T | undefined =>
  Object.hasOwn(table, name) ? table[name] : undefined;

function orderOf(text: string): Pick<ExperimentQuery, 'order' | 'descending'> {
  const descending = text.startsWith('-');
  const order = known(ORDERS, descending ? text.slice(1) : text);
  if (order !== undefined) return { order, descending };
  throw invalidField(null, `Invalid order field: '${text.slice(0, 100)}'`);
}

function flagIdOf(text: string): number {
  if (/^-?\d{1,15}$/.test(text)) return Number(text);
  throw invalidField(null, 'feature_flag_id must be an integer');
}

const isSaid = (text: string | undefined): text is string => text !== undefined && text !== '';

/** What a list of experiments is asked for, in the words of the domain. */
export function toExperimentQuery(
  groupId: number,
  query: z.output<typeof ListQuery>,
): ExperimentQuery {
  const status = known(STATUSES, query.status?.toLowerCase() ?? '');
  return {
    groupId,
    archived: query.archived?.toLowerCase() === 'true',
    ...orderOf(isSaid(query.order) ? query.order : '-created_at'),
    ...(status !== undefined && { status }),
    ...(isSaid(query.feature_flag_id) && { flagId: flagIdOf(query.feature_flag_id) }),
    ...(query.created_by_id !== undefined && { createdBy: query.created_by_id }),
    ...(query.holdout_id !== undefined && { holdoutId: query.holdout_id }),
    ...(isSaid(query.search) && { search: query.search }),
    ...(isSaid(query.event) && { event: query.event }),
  };
}

export const FlagQuery = z.object({
  limit: optional('At most 100; 20 where it is not said.'),
  offset: optional('The first one, from 0.'),
  search: optional('Part of the key or the name, in any case.'),
  active: queryFlag().describe('Only those that are switched on, or off.'),
  created_by_id: queryId().describe('Those of one maker.'),
  order: optional('created_at, key or name; falling with `-` before it.'),
  evaluation_runtime: optional('server, client or all.'),
  has_evaluation_contexts: queryFlag().describe(
    'Only those that are for some clients, or for all.',
  ),
});

const FLAG_ORDERS: Readonly<Record<string, FlagOrder>> = {
  created_at: 'createdOn',
  key: 'key',
  name: 'name',
};

const MOST_FLAGS = 100;

function numberOf(text: string | undefined, fallback: number): number {
  if (!isSaid(text)) return fallback;
  if (/^\d{1,9}$/.test(text)) return Number(text);
  const body = { error: 'Invalid limit or offset' };
  throw new AppError('invalid', body.error, { detail: { body } });
}

/** Which flags that experiments could be made with are asked for, and which of them are on the page. */
export function toFlagQuery(groupId: number, query: z.output<typeof FlagQuery>) {
  const order = query.order ?? '';
  const descending = order.startsWith('-');
  const named = known(FLAG_ORDERS, descending ? order.slice(1) : order);
  return {
    page: {
      limit: Math.min(MOST_FLAGS, numberOf(query.limit, 20)),
      offset: numberOf(query.offset, 0),
    },
    asked: {
      groupId,
      // An order that is none is the usual one: the newest first.
      ...(named === undefined
        ? { order: 'createdOn' as const, descending: true }
        : { order: named, descending }),
      ...(isSaid(query.search) && { search: query.search }),
      ...(query.active !== undefined && { active: query.active }),
      ...(query.created_by_id !== undefined && { createdBy: query.created_by_id }),
      ...(isSaid(query.evaluation_runtime) && { evaluationRuntime: query.evaluation_runtime }),
      ...(query.has_evaluation_contexts !== undefined && {
        hasContexts: query.has_evaluation_contexts,
      }),
    },
  };
}

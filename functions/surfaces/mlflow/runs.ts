import * as z from 'zod';
import { cancelJobOfRun } from '#domain/jobs/index.ts';
import {
  createRun,
  deleteRun,
  deleteTag,
  getRun,
  RUN_STATUSES,
  restoreRun,
  setTags,
  updateRun,
} from '#domain/tracking/index.ts';
import { type Route, reads, route, writes } from '#http/route.ts';
import { experimentId } from './experiment-ids.ts';
import { Entry, filled, milliseconds, runId } from './fields.ts';
import { toRun, toRunInfo } from './wire.ts';

const NewRun = z.object({
  experiment_id: filled(),
  /** Ours: the id that a run has at another server, 32 hex digits, which it keeps when it is imported. */
  run_id: z.string().default(''),
  user_id: z.string().default(''),
  run_name: z.string().optional(),
  start_time: milliseconds().optional(),
  tags: z.array(Entry).default([]),
});

/** A status by its name or by its number in protobuf, which counts from 1. */
const Status = z.union([
  z.enum(RUN_STATUSES),
  z
    .int()
    .min(1)
    .max(RUN_STATUSES.length)
    .transform((at) => RUN_STATUSES[at - 1] ?? 'RUNNING'),
]);

const RunUpdate = z.object({
  run_id: runId(),
  status: Status.optional(),
  end_time: milliseconds().optional(),
  run_name: z.string().optional(),
});

const create = route({
  method: 'POST',
  path: '/runs/create',
  operationId: 'createRun',
  summary: 'Start a run.',
  access: writes('run', { jobs: true }),
  body: NewRun,
  handle: async ({ ctx, body: args }) => {
    const run = await createRun(ctx, {
      ...(args.run_id === '' ? {} : { id: args.run_id }),
      experimentId: experimentId(ctx, args.experiment_id),
      user: args.user_id,
      startTime: args.start_time ?? 0,
      tags: args.tags,
      ...(args.run_name === undefined ? {} : { name: args.run_name }),
    });
    return { run: toRun(ctx, run) };
  },
});

const get = route({
  method: 'GET',
  path: '/runs/get',
  operationId: 'getRun',
  summary: 'A run with its params, its tags and the latest value of each metric.',
  access: reads('run', { jobs: true }),
  query: z.object({ run_id: runId() }),
  handle: async ({ ctx, query: { run_id: id } }) => {
    return { run: toRun(ctx, await getRun(ctx, id)) };
  },
});

const change = route({
  method: 'POST',
  path: '/runs/update',
  operationId: 'updateRun',
  summary: 'Change the status, end time or name of a run.',
  access: writes('run', { jobs: true }),
  repeatable: true,
  body: RunUpdate,
  handle: async ({ ctx, body: { run_id: id, status, end_time: endTime, run_name: name } }) => {
    if (status === 'KILLED' && ctx.actor.kind !== 'job') {
      await cancelJobOfRun(ctx, id);
    }
    const run = await updateRun(ctx, {
      runId: id,
      ...(status === undefined ? {} : { status }),
      ...(endTime === undefined ? {} : { endTime }),
      ...(name === undefined ? {} : { name }),
    });
    return { run_info: toRunInfo(ctx, run) };
  },
});

const OneRun = z.object({ run_id: runId() });

const remove = route({
  method: 'POST',
  path: '/runs/delete',
  operationId: 'deleteRun',
  summary: 'Delete a run; it can be restored.',
  access: writes('run'),
  repeatable: true,
  body: OneRun,
  handle: async ({ ctx, body: { run_id: id } }) => {
    await deleteRun(ctx, id);
    return {};
  },
});

const restore = route({
  method: 'POST',
  path: '/runs/restore',
  operationId: 'restoreRun',
  summary: 'Restore a deleted run.',
  access: writes('run'),
  repeatable: true,
  body: OneRun,
  handle: async ({ ctx, body: { run_id: id } }) => {
    await restoreRun(ctx, id);
    return {};
  },
});

const setTag = route({
  method: 'POST',
  path: '/runs/set-tag',
  operationId: 'setTag',
  summary: 'Set a tag of a run.',
  access: writes('run', { jobs: true }),
  repeatable: true,
  body: Entry.extend({ run_id: runId() }),
  handle: async ({ ctx, body: args }) => {
    await setTags(ctx, { runId: args.run_id, tags: [{ key: args.key, value: args.value }] });
    return {};
  },
});

const removeTag = route({
  method: 'POST',
  path: '/runs/delete-tag',
  operationId: 'deleteTag',
  summary: 'Delete a tag of a run.',
  access: writes('run', { jobs: true }),
  repeatable: true,
  body: z.object({ run_id: runId(), key: filled() }),
  handle: async ({ ctx, body: args }) => {
    await deleteTag(ctx, { runId: args.run_id, key: args.key });
    return {};
  },
});

export const runRoutes: readonly Route[] = [
  create,
  get,
  change,
  remove,
  restore,
  setTag,
  removeTag,
];

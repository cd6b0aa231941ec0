import * as z from 'zod';
import { beat, lockRun, unlockRun } from '#domain/tracking/index.ts';
import { type Route, route, writes } from '#http/route.ts';
import { int64, runId } from './fields.ts';
import { toRunInfo } from './wire.ts';

/** What Assay has beyond MLflow: runs that end when they fall silent, and runs that nobody changes. */
const DEFAULT_SECONDS = 300;

const Heartbeat = z.object({
  run_id: runId(),
  timeout_seconds: int64().transform(Number).default(DEFAULT_SECONDS),
});

const heartbeat = route({
  method: 'POST',
  path: '/runs/heartbeat',
  operationId: 'heartbeat',
  summary: 'Ask that the run be marked KILLED when nobody writes it for so many seconds (300).',
  access: writes('run', { jobs: true }),
  repeatable: true,
  body: Heartbeat,
  handle: async ({ ctx, body: { run_id: id, timeout_seconds: seconds } }) => ({
    run_info: toRunInfo(ctx, await beat(ctx, { runId: id, seconds })),
  }),
});

const OneRun = z.object({ run_id: runId() });

const lock = route({
  method: 'POST',
  path: '/runs/lock',
  operationId: 'lockRun',
  summary: 'Lock a run that has ended: nothing of it can be changed any more.',
  access: writes('run'),
  repeatable: true,
  body: OneRun,
  handle: async ({ ctx, body: { run_id: id } }) => {
    await lockRun(ctx, id);
    return {};
  },
});

const unlock = route({
  method: 'POST',
  path: '/runs/unlock',
  operationId: 'unlockRun',
  summary: 'Unlock a run; for owners and administrators of its group.',
  access: writes('run'),
  repeatable: true,
  body: OneRun,
  handle: async ({ ctx, body: { run_id: id } }) => {
    await unlockRun(ctx, id);
    return {};
  },
});

export const runControlRoutes: readonly Route[] = [heartbeat, lock, unlock];

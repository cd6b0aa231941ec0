import * as z from 'zod';
import { beat } from '#domain/tracking/index.ts';
import { type Route, route, writes } from '#http/route.ts';
import { int64, runId } from './fields.ts';
import { toRunInfo } from './wire.ts';

/** What Assay has beyond MLflow: runs that end when they fall silent. */
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
  body: Heartbeat,
  handle: async ({ ctx, body: { run_id: id, timeout_seconds: seconds } }) => ({
    run_info: toRunInfo(ctx, await beat(ctx, { runId: id, seconds })),
  }),
});

export const runControlRoutes: readonly Route[] = [heartbeat];

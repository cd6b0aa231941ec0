import * as z from 'zod';
import { getJobLimit, MAX_LIMIT, setJobLimit } from '#domain/jobs/index.ts';
import { LOGIN, type Route, reads, route } from '#http/route.ts';

/** `null`: nothing limits it. */
const Limits = z.strictObject({ runningJobs: z.nullable(z.int().min(0).max(MAX_LIMIT)) });

/** What a group may use of what all share. */
export const limitRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/groups/{id:int}/limits',
    operationId: 'getGroupLimits',
    summary: 'How many jobs of the group may run at a time.',
    access: reads('group', { jobs: true }),
    response: Limits,
    handle: async ({ ctx, params }) => ({
      runningJobs: (await getJobLimit(ctx, params.id)) ?? null,
    }),
  }),
  route({
    method: 'PUT',
    path: '/groups/{id:int}/limits',
    operationId: 'setGroupLimits',
    summary: 'Says how many jobs of the group may run at a time; for administrators.',
    access: LOGIN,
    body: Limits,
    response: Limits,
    handle: async ({ ctx, params, body }) => {
      await setJobLimit(ctx, { groupId: params.id, running: body.runningJobs });
      return body;
    },
  }),
];

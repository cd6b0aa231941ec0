import * as z from 'zod';
import { findFlag, findFlagByKey } from '#domain/flags/index.ts';
import { reads, route } from '#http/route.ts';
import type { Context } from '#kernel/context.ts';
import { notFound } from '#kernel/errors.ts';
import { projectOf } from '../project.ts';

const flagOf = (ctx: Context, groupId: number, name: string) =>
  /^\d{1,15}$/.test(name)
    ? findFlag(ctx, { groupId, id: Number(name) })
    : findFlagByKey(ctx, groupId, name);

export const remoteConfigRoute = route({
  method: 'GET',
  path: '/api/projects/{project}/feature_flags/{flag}/remote_config',
  operationId: 'getRemoteConfig',
  summary: 'The payload of a flag for remote configuration, by its id or key.',
  access: reads('feature_flag'),
  response: z.unknown().describe('The payload as it is stored: a text that holds JSON.'),
  handle: async ({ ctx, params }) => {
    const flag = await flagOf(ctx, projectOf(ctx), params.flag);
    if (!flag.isRemoteConfiguration || flag.deleted) throw notFound('feature_flag', {});
    const payloads = z.record(z.string(), z.unknown()).safeParse(flag.filters.payloads).data;
    return payloads?.true ?? null;
  },
});

import * as z from 'zod';
import { type Route, reads, route, writes } from '#http/route.ts';
import { filled } from '../fields.ts';
import { registry } from './verbs.ts';
import { toModelVersion } from './wire.ts';

const Alias = z.object({ name: filled(), alias: filled() });
const path = '/registered-models/alias';

const set = route({
  method: 'POST',
  path,
  operationId: 'setRegisteredModelAlias',
  summary: 'Let an alias stand for a version.',
  access: writes('model', { jobs: true }),
  body: Alias.extend({ version: filled() }),
  handle: async ({ ctx, body }) => {
    await (await registry()).setAlias(ctx, body);
    return {};
  },
});

const remove = route({
  method: 'DELETE',
  path,
  operationId: 'deleteRegisteredModelAlias',
  summary: 'Delete an alias; the version stays.',
  access: writes('model', { jobs: true }),
  body: Alias,
  handle: async ({ ctx, body }) => {
    await (await registry()).deleteAlias(ctx, body);
    return {};
  },
});

const get = route({
  method: 'GET',
  path,
  operationId: 'getModelVersionByAlias',
  summary: 'The version that an alias stands for; `latest` is the newest.',
  access: reads('model', { jobs: true }),
  query: Alias,
  handle: async ({ ctx, query }) => ({
    model_version: toModelVersion(await (await registry()).getVersionByAlias(ctx, query)),
  }),
});

export const aliasRoutes: readonly Route[] = [set, remove, get];

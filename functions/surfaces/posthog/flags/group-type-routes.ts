import * as z from 'zod';
import { findGroupTypes, type GroupTypes, setGroupTypes } from '#domain/flags/index.ts';
import { type Route, reads, route, writes } from '#http/route.ts';
import { projectOf } from '../project.ts';

const PATH = '/api/projects/{project}/groups_types';

const GroupType = z.object({
  group_type: z.string(),
  group_type_index: z.int().nonnegative(),
  name_singular: z.null(),
  name_plural: z.null(),
});

const Types = z
  .array(z.object({ group_type: z.string(), group_type_index: z.int().optional() }))
  .max(10)
  .refine(
    (types) => types.every(({ group_type_index: index }, at) => (index ?? at) === at),
    'Name all group types in the order of their indexes, from 0.',
  );

const shown = (types: GroupTypes): z.infer<typeof GroupType>[] =>
  types.map((group_type, group_type_index) => ({
    group_type,
    group_type_index,
    name_singular: null,
    name_plural: null,
  }));

export const groupTypeRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: PATH,
    operationId: 'listGroupTypes',
    summary: 'What persons of the project belong to, such as companies.',
    access: reads('feature_flag'),
    response: z.array(GroupType),
    handle: async ({ ctx }) => shown(await findGroupTypes(ctx, projectOf(ctx))),
  }),
  route({
    method: 'PUT',
    path: PATH,
    operationId: 'setGroupTypes',
    summary:
      'Adds types to those that there are, which stay where they are: flags name them by index.',
    access: writes('feature_flag'),
    body: Types,
    response: z.array(GroupType),
    handle: async ({ ctx, body }) => {
      const types = body.map(({ group_type }) => group_type);
      return shown(await setGroupTypes(ctx, projectOf(ctx), types));
    },
  }),
];

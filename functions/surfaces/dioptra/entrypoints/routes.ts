import { changeEntrypoint, createEntrypoint } from '#domain/entrypoints/index.ts';
import { type Route, route, writes } from '#http/route.ts';
import { draftRoutes } from '../mounts/draft-routes.ts';
import { placeOf } from '../mounts/place.ts';
import { tagRoutes } from '../mounts/tag-routes.ts';
import { resourceRoutes, shapeOne } from '../resource-routes.ts';
import { linkRoutes } from './link-routes.ts';
import {
  Entrypoint,
  EntrypointChange,
  entrypointEdits,
  entrypointMount,
  NewEntrypoint,
  SaveQuery,
} from './wire.ts';

export { entrypointEdits };

/** An answer without what only a save decides. */
function withoutFields(answer: object, fields: readonly string[]): object {
  return Object.fromEntries(Object.entries(answer).filter(([name]) => !fields.includes(name)));
}

const UNSAVED = ['snapshot', 'snapshotCreatedOn', 'lastModifiedOn'];

export const entrypointRoutes: readonly Route[] = [
  ...resourceRoutes(entrypointMount),
  route({
    method: 'POST',
    path: '/entrypoints',
    operationId: 'createEntrypoint',
    summary: 'Creates an entrypoint in a group, or only checks one.',
    access: writes('entrypoint'),
    query: SaveQuery,
    body: NewEntrypoint,
    response: Entrypoint,
    handle: async ({ ctx, query, body: { group, ...entrypoint } }) => {
      const validateOnly = query.validateOnly === true;
      const input = { ...entrypoint, groupId: group };
      const created = await createEntrypoint(ctx, input, { validateOnly });
      const answer = await shapeOne(entrypointMount, ctx, created);
      return validateOnly ? withoutFields(answer, ['id', 'createdOn', ...UNSAVED]) : answer;
    },
  }),
  route({
    method: 'PUT',
    path: '/entrypoints/{id:int}',
    operationId: 'changeEntrypoint',
    summary: 'Replaces an entrypoint and makes a snapshot, or only checks the change.',
    access: writes('entrypoint'),
    query: SaveQuery,
    body: EntrypointChange,
    response: Entrypoint,
    handle: async ({ ctx, params, query, body }) => {
      const validateOnly = query.validateOnly === true;
      const changed = await changeEntrypoint(ctx, params.id, body, { validateOnly });
      const answer = await shapeOne(entrypointMount, ctx, changed);
      return validateOnly ? withoutFields(answer, UNSAVED) : answer;
    },
  }),
  ...draftRoutes(placeOf(entrypointMount), entrypointEdits),
  ...tagRoutes(placeOf(entrypointMount)),
  ...linkRoutes,
];

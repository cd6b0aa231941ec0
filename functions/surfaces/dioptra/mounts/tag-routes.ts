import * as z from 'zod';
import { type Tag, tagVerbs } from '#domain/resources/index.ts';
import { type Route, reads, route, writes } from '#http/route.ts';
import type { Context } from '#kernel/context.ts';
import { notFound } from '#kernel/errors.ts';
import { IdStatus, Ids, idStatus, TagRef, tagRef } from '../shapes.ts';
import type { PathIds, Place } from './place.ts';

type Change = (now: readonly number[]) => readonly number[];

/** The routes of the tags on resources of a kind. */
export function tagRoutes<D>(place: Place<D>): readonly Route[] {
  const { title, kind, scope } = place;
  const path = `${place.item}/tags`;
  const response = z.array(TagRef);
  const shown = (ctx: Context, tags: readonly Tag[]) => tags.map((tag) => tagRef(ctx, tag));
  const change = async (ctx: Context, params: unknown, how: Change) =>
    (await tagVerbs()).changeTags(ctx, kind, await place.find(ctx, params as PathIds), how);
  return [
    route({
      method: 'GET',
      path,
      operationId: `list${title}Tags`,
      summary: 'The tags that are on it.',
      access: reads(scope),
      response,
      handle: async ({ ctx, params }) => {
        const id = await place.find(ctx, params as PathIds);
        return shown(ctx, await (await tagVerbs()).tagsOn(ctx, kind, id));
      },
    }),
    route({
      method: 'POST',
      path,
      operationId: `add${title}Tags`,
      summary: 'Puts more tags on it.',
      access: writes(scope),
      body: Ids,
      response,
      handle: async ({ ctx, params, body }) =>
        shown(ctx, await change(ctx, params, (now) => [...now, ...body.ids])),
    }),
    route({
      method: 'PUT',
      path,
      operationId: `set${title}Tags`,
      summary: 'Replaces the tags that are on it.',
      access: writes(scope),
      body: Ids,
      response,
      handle: async ({ ctx, params, body }) =>
        shown(ctx, await change(ctx, params, () => body.ids)),
    }),
    route({
      method: 'DELETE',
      path,
      operationId: `clear${title}Tags`,
      summary: 'Takes all tags off it.',
      access: writes(scope),
      response: IdStatus,
      handle: async ({ ctx, params }) => {
        let removed: readonly number[] = [];
        await change(ctx, params, (now) => {
          removed = now;
          return [];
        });
        return idStatus(...removed);
      },
    }),
    route({
      method: 'DELETE',
      path: `${path}/{tagId:int}`,
      operationId: `remove${title}Tag`,
      summary: 'Takes one tag off it.',
      access: writes(scope),
      response: IdStatus,
      handle: async ({ ctx, params }) => {
        const { tagId = 0, ...ids } = params as PathIds;
        await change(ctx, ids, (now) => {
          if (!now.includes(tagId)) throw notFound('tag', { tag_id: tagId });
          return now.filter((id) => id !== tagId);
        });
        return idStatus(tagId);
      },
    }),
  ];
}

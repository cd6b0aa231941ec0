import * as z from 'zod';
import { usernamesOf } from '#domain/identity/index.ts';
import { TAG_SORTABLE, type Tag, tagVerbs, versionOfTag } from '#domain/resources/index.ts';
import { tagged } from '#http/entity-tag.ts';
import { type Route, reads, route, writes } from '#http/route.ts';
import type { Context } from '#kernel/context.ts';
import { resourceName } from '#kernel/strings.ts';
import {
  BASE,
  GroupId,
  groupRef,
  IdStatus,
  idStatus,
  isoTime,
  ListQuery,
  PageQuery,
  pageAnswer,
  pageOf,
  pageRequest,
  Ref,
  sortedBy,
  UserRef,
  userShown,
} from '../shapes.ts';

const TagAnswer = z.object({
  id: z.int(),
  group: Ref,
  user: UserRef,
  createdOn: z.string(),
  lastModifiedOn: z.string(),
  name: z.string(),
});
const TagChange = z.strictObject({ name: resourceName() });
const NewTag = TagChange.extend({ group: GroupId });
const TaggedQuery = PageQuery.omit({ search: true }).extend({
  resourceType: z.string().optional(),
});

async function shapeTags(ctx: Context, tags: readonly Tag[]) {
  const users = await usernamesOf(
    ctx,
    tags.map(({ userId }) => userId),
  );
  return tags.map((tag) => ({
    id: tag.id,
    group: groupRef(ctx, tag.groupId),
    user: userShown({ users }, tag.userId),
    createdOn: isoTime(tag.createdOn),
    lastModifiedOn: isoTime(tag.modifiedOn),
    name: tag.name,
  }));
}

async function shapeTag(ctx: Context, tag: Tag): Promise<object> {
  const [answer] = await shapeTags(ctx, [tag]);
  return tagged(answer ?? {}, versionOfTag(tag));
}

const oneTagRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/tags/{id:int}',
    operationId: 'getTag',
    summary: 'One tag.',
    access: reads('tag'),
    response: TagAnswer,
    handle: async ({ ctx, params }) =>
      shapeTag(ctx, await (await tagVerbs()).getTag(ctx, params.id)),
  }),
  route({
    method: 'PUT',
    path: '/tags/{id:int}',
    operationId: 'changeTag',
    summary: 'Names a tag anew, on everything that it is on.',
    access: writes('tag'),
    body: TagChange,
    response: TagAnswer,
    handle: async ({ ctx, params, body }) =>
      shapeTag(ctx, await (await tagVerbs()).renameTag(ctx, params.id, body.name)),
  }),
  route({
    method: 'DELETE',
    path: '/tags/{id:int}',
    operationId: 'deleteTag',
    summary: 'Deletes a tag and takes it off everything that it is on.',
    access: writes('tag'),
    response: IdStatus,
    handle: async ({ ctx, params }) => {
      await (await tagVerbs()).deleteTag(ctx, params.id);
      return idStatus(params.id);
    },
  }),
  route({
    method: 'GET',
    path: '/tags/{id:int}/resources',
    operationId: 'listTaggedResources',
    summary: 'A page of what a tag is on, as types and ids.',
    access: reads('tag'),
    query: TaggedQuery,
    response: pageOf(z.string()),
    handle: async ({ ctx, params: { id }, query }) => {
      const { index, pageLength } = pageRequest(query);
      const { resourceType: type } = query;
      const page = await (await tagVerbs()).listTagged(ctx, id, {
        index,
        pageLength,
        ...(type === undefined || type === '' ? {} : { type }),
      });
      return pageAnswer(
        `tags/${id}/resources`,
        query,
        page,
        (row) => `${BASE}/${row.type}/${row.id}`,
      );
    },
  }),
];

export const tagResourceRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/tags',
    operationId: 'listTags',
    summary: 'A page of the tags that the caller may see.',
    access: reads('tag'),
    query: ListQuery.extend(sortedBy({ sortable: TAG_SORTABLE })),
    response: pageOf(TagAnswer),
    handle: async ({ ctx, query }) => {
      const page = await (await tagVerbs()).listTags(ctx, pageRequest(query));
      const shaped = { rows: await shapeTags(ctx, page.rows), total: page.total };
      return pageAnswer('tags', query, shaped, (row) => row);
    },
  }),
  route({
    method: 'POST',
    path: '/tags',
    operationId: 'createTag',
    summary: 'Creates a tag in a group.',
    access: writes('tag'),
    body: NewTag,
    response: TagAnswer,
    handle: async ({ ctx, body: { group, name } }) =>
      shapeTag(ctx, await (await tagVerbs()).createTag(ctx, { groupId: group, name })),
  }),
  ...oneTagRoutes,
];

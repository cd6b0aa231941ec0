import * as z from 'zod';
import { type DraftPlace, draftVerbs } from '#domain/resources/index.ts';
import { type Route, reads, route, writes } from '#http/route.ts';
import type { Context } from '#kernel/context.ts';
import { GroupId, Id, IdStatus, idStatus, pageAnswer, pageOf, pageRequest } from '../shapes.ts';
import { DraftAnswer, DraftQuery, shapeDraft, shapeDrafts } from './draft-wire.ts';
import type { Edits } from './edits.ts';
import { addressed, type PathIds, type Place } from './place.ts';

const idsOf = (params: unknown): PathIds => params as PathIds;

/** Where the drafts of an address are; throws `not_found` where their parent is none. */
async function draftsAt<D>(place: Place<D>, ctx: Context, params: unknown) {
  const parent = await place.parent?.(ctx, idsOf(params));
  const { type } = place.kind;
  const at: DraftPlace = parent === undefined ? { type } : { type, parentId: parent.id };
  return { at, groupId: parent?.groupId };
}

/** Drafts of new resources, and a list of all of them. */
function collectionRoutes<D>(place: Place<D>, { fields }: Edits<D>): readonly Route[] {
  const { title, scope } = place;
  const path = `${place.collection}/drafts`;
  return [
    route({
      method: 'GET',
      path,
      operationId: `list${title}Drafts`,
      summary: "A page of the caller's own drafts.",
      access: reads(scope),
      query: DraftQuery,
      response: pageOf(DraftAnswer),
      handle: async ({ ctx, params, query }) => {
        const { at } = await draftsAt(place, ctx, params);
        const { draft_type: linked = 'all', draftType = linked } = query;
        const page = await (await draftVerbs()).listDrafts(ctx, at, {
          ...pageRequest(query),
          draftType,
        });
        const shaped = { rows: await shapeDrafts(ctx, page.rows), total: page.total };
        const asked = { ...query, draftType };
        return pageAnswer(addressed(path, idsOf(params)), asked, shaped, (row) => row);
      },
    }),
    route({
      method: 'POST',
      path,
      operationId: `create${title}Draft`,
      summary: 'Drafts a new one; nobody else sees it.',
      access: writes(scope),
      body: place.parent === undefined ? fields.extend({ group: GroupId }) : fields,
      response: DraftAnswer,
      handle: async ({ ctx, params, body: { group, ...payload } }) => {
        const { at, groupId = group as number } = await draftsAt(place, ctx, params);
        return shapeDraft(
          ctx,
          await (await draftVerbs()).createDraft(ctx, at, { groupId, payload }),
        );
      },
    }),
  ];
}

/** One draft by its own id. */
function draftIdRoutes<D>(place: Place<D>, { fields }: Edits<D>): readonly Route[] {
  const { title, scope, kind } = place;
  const path = `${place.collection}/drafts/{draftId:int}`;
  const draftId = (params: unknown): number => idsOf(params).draftId ?? 0;
  return [
    route({
      method: 'GET',
      path,
      operationId: `get${title}Draft`,
      summary: "One of the caller's own drafts.",
      access: reads(scope),
      response: DraftAnswer,
      handle: async ({ ctx, params }) => {
        const { at } = await draftsAt(place, ctx, params);
        return shapeDraft(ctx, await (await draftVerbs()).getDraft(ctx, draftId(params), at));
      },
    }),
    route({
      method: 'PUT',
      path,
      operationId: `change${title}Draft`,
      summary: 'Writes a draft anew.',
      access: writes(scope),
      body: fields,
      response: DraftAnswer,
      handle: async ({ ctx, params, body }) => {
        const { at } = await draftsAt(place, ctx, params);
        return shapeDraft(
          ctx,
          await (await draftVerbs()).changeDraft(ctx, draftId(params), at, body),
        );
      },
    }),
    route({
      method: 'DELETE',
      path,
      operationId: `delete${title}Draft`,
      summary: 'Deletes a draft.',
      access: writes(scope),
      response: IdStatus,
      handle: async ({ ctx, params }) => {
        const { at } = await draftsAt(place, ctx, params);
        await (await draftVerbs()).deleteDraft(ctx, draftId(params), at, kind as never);
        return idStatus(draftId(params));
      },
    }),
  ];
}

/** The caller's draft of a change of a resource. */
function changeRoutes<D>(place: Place<D>, { changes }: Edits<D>): readonly Route[] {
  const { title, scope, kind } = place;
  const path = `${place.item}/draft`;
  const find = (ctx: Context, params: unknown) => place.find(ctx, idsOf(params));
  return [
    route({
      method: 'GET',
      path,
      operationId: `getDraftOf${title}`,
      summary: "The caller's draft of a change.",
      access: reads(scope),
      response: DraftAnswer,
      handle: async ({ ctx, params }) => {
        const found = await (await draftVerbs()).getResourceDraft(
          ctx,
          kind,
          await find(ctx, params),
        );
        return shapeDraft(ctx, found.draft, found.others);
      },
    }),
    route({
      method: 'POST',
      path,
      operationId: `createDraftOf${title}`,
      summary: 'Drafts a change, from the newest version on.',
      access: writes(scope),
      body: changes,
      response: DraftAnswer,
      handle: async ({ ctx, params, body: payload }) => {
        const id = await find(ctx, params);
        const { at } = await draftsAt(place, ctx, params);
        const made = await (await draftVerbs()).createResourceDraft(ctx, kind, id, {
          ...at,
          payload,
        });
        return shapeDraft(ctx, made.draft, made.others);
      },
    }),
    route({
      method: 'PUT',
      path,
      operationId: `changeDraftOf${title}`,
      summary: 'Writes the draft of a change anew, on the version named or a later one.',
      access: writes(scope),
      body: z.strictObject({ resourceSnapshot: Id, resourceData: changes }),
      response: DraftAnswer,
      handle: async ({ ctx, params, body: { resourceSnapshot, resourceData: payload } }) => {
        const id = await find(ctx, params);
        const changed = await (await draftVerbs()).changeResourceDraft(ctx, kind, id, {
          payload,
          resourceSnapshot,
        });
        return shapeDraft(ctx, changed.draft, changed.others);
      },
    }),
    route({
      method: 'DELETE',
      path,
      operationId: `deleteDraftOf${title}`,
      summary: 'Deletes the draft of a change.',
      access: writes(scope),
      response: IdStatus,
      handle: async ({ ctx, params }) =>
        idStatus(
          await (await draftVerbs()).deleteResourceDraft(ctx, kind, await find(ctx, params)),
        ),
    }),
  ];
}

/** The routes of drafts: of new resources of a kind, and of changes of those that there are. */
export const draftRoutes = <D>(place: Place<D>, edits: Edits<D>): readonly Route[] => [
  ...collectionRoutes(place, edits),
  ...draftIdRoutes(place, edits),
  ...changeRoutes(place, edits),
];

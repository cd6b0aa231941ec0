import {
  type CommittableDraft,
  type Draft,
  draftVerbs,
  type Kind,
  type Resource,
  resourceTag,
} from '#domain/resources/index.ts';
import { callTable } from '#http/call-table.ts';
import { type Route, route, writes } from '#http/route.ts';
import type { Context } from '#kernel/context.ts';
import { conflict, invalid } from '#kernel/errors.ts';
import { isSameVersion } from '#kernel/etag.ts';
import type { Edits } from '../mounts/edits.ts';
import { IdStatus, idStatus } from '../shapes.ts';

/** How drafts of each type become what they say; it loads with what the type's own routes load. */
const editsOfType: { readonly [type in Draft['type']]?: () => Promise<Edits<never>> } = {
  queue: async () => erased((await import('../queues/routes.ts')).queueEdits),
  experiment: async () => erased((await import('../experiments/routes.ts')).experimentEdits),
  entry_point: async () => erased((await import('../entrypoints/routes.ts')).entrypointEdits),
  plugin: async () => erased((await import('../plugins/routes.ts')).pluginEdits),
  plugin_file: async () => erased((await import('../plugins/routes.ts')).fileEdits),
  plugin_task_parameter_type: async () => erased((await import('../types/routes.ts')).typeEdits),
  ml_model: async () => erased((await import('../models/routes.ts')).modelEdits),
};

const erased = <D>(edits: Edits<D>): Edits<never> => edits as unknown as Edits<never>;

async function editsFor({ type }: Draft): Promise<Edits<never>> {
  const edits = await editsOfType[type]?.();
  if (edits === undefined) throw invalid('draft_malformed', `A ${type} cannot be drafted.`);
  return edits;
}

type DraftVerbs = Awaited<ReturnType<typeof draftVerbs>>;

/** The same call, whose first change ends the draft, too, and starts from what the draft knows. */
const committing = (
  ctx: Context,
  kind: Kind<never>,
  found: CommittableDraft,
  draftOutdated: DraftVerbs['draftOutdated'],
): Context => {
  const { draft, end, before } = found;
  const table = callTable(ctx.table, {
    writes: () => end,
    refused: () => conflict('write_conflict', 'The draft was changed meanwhile; try again.'),
  });
  if (before === undefined) return { ...ctx, table };
  const tag = resourceTag(kind, before as Resource<never>);
  const require = (...now: readonly string[]): void => {
    if (!now.some((each) => isSameVersion(each, tag))) throw draftOutdated(draft, before.snapshot);
  };
  return { ...ctx, table, ifMatch: { require, requireHeld: () => undefined } };
};

/** Makes of a draft what it says; returns the ids of the parent, where there is one, and the resource. */
async function commitDraft(ctx: Context, id: number): Promise<readonly number[]> {
  const drafts = await draftVerbs();
  const edits = await editsFor(await drafts.getDraft(ctx, id));
  const { kind } = edits;
  const found = await drafts.draftToCommit(ctx, id, kind as never);
  const { groupId, parentId, resourceId, payload } = found.draft;
  const own = committing(ctx, kind, found, drafts.draftOutdated);
  const parent = parentId === undefined ? {} : { parentId };
  const made =
    resourceId === undefined
      ? await edits.create(own, { groupId, ...parent }, payload as never)
      : await edits.change(own, { id: resourceId, ...parent }, payload as never);
  await drafts.draftCommitted(ctx, kind as never, found.draft);
  return parentId === undefined ? [made.id] : [parentId, made.id];
}

export const commitRoutes: readonly Route[] = [
  route({
    method: 'POST',
    path: '/workflows/draftCommit/{id:int}',
    operationId: 'commitDraft',
    summary: "Makes of one of the caller's drafts what it says, and ends the draft.",
    access: writes('workflow'),
    response: IdStatus,
    handle: async ({ ctx, params }) => idStatus(...(await commitDraft(ctx, params.id))),
  }),
];

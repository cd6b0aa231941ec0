import { queryOptions } from '@tanstack/react-query';
import { answerOf, type DioptraAnswer, type DioptraBody, dioptra } from '../../data/api.ts';

export type Entrypoint = DioptraAnswer<'getEntrypoint'>;
export type EntrypointVersion = DioptraAnswer<'getEntrypointSnapshot'>;
export type EntrypointDraft = DioptraAnswer<'getDraftOfEntrypoint'>;
export type NewEntrypoint = DioptraBody<'createEntrypoint'>;
export type EntrypointChange = DioptraBody<'changeEntrypoint'>;

/** An entrypoint as it was read, with what a save says to overwrite nothing newer. */
export interface ReadEntrypoint {
  readonly entrypoint: Entrypoint;
  readonly etag: string | null;
}

const byId = (id: number) => ({ path: { id } });

export async function readEntrypoint(id: number): Promise<ReadEntrypoint> {
  const call = await dioptra.GET('/entrypoints/{id}', { params: byId(id) });
  const entrypoint = await answerOf(Promise.resolve(call));
  return { entrypoint, etag: call.response.headers.get('etag') };
}

export const entrypointQuery = (id: number) =>
  queryOptions({ queryKey: ['entrypoint', id], queryFn: () => readEntrypoint(id) });

export const versionsQuery = (id: number) =>
  queryOptions({
    queryKey: ['entrypoint', id, 'versions'],
    queryFn: () =>
      answerOf(
        dioptra.GET('/entrypoints/{id}/snapshots', {
          params: { ...byId(id), query: { pageLength: 1000 } },
        }),
      ),
  });

/** Drafts of entrypoints that are not there yet: the caller's own. */
export const newDraftsQuery = (group: number) =>
  queryOptions({
    queryKey: ['entrypointDrafts', group],
    queryFn: () =>
      answerOf(
        dioptra.GET('/entrypoints/drafts', {
          params: { query: { groupId: group, draftType: 'new', pageLength: 100 } },
        }),
      ),
  });

export const draftOf = (id: number): Promise<EntrypointDraft> =>
  answerOf(dioptra.GET('/entrypoints/{id}/draft', { params: byId(id) }));

export const newDraft = (draftId: number): Promise<EntrypointDraft> =>
  answerOf(dioptra.GET('/entrypoints/drafts/{draftId}', { params: { path: { draftId } } }));

export const createEntrypoint = (body: NewEntrypoint): Promise<Entrypoint> =>
  answerOf(dioptra.POST('/entrypoints', { body }));

/** Saves a change; refused with 412 when the entrypoint is no longer as it was read. */
export const changeEntrypoint = (
  id: number,
  body: EntrypointChange,
  etag: string | null,
): Promise<Entrypoint> =>
  answerOf(
    dioptra.PUT('/entrypoints/{id}', {
      params: byId(id),
      body,
      ...(etag !== null && { headers: { 'if-match': etag } }),
    }),
  );

export const deleteEntrypoint = (id: number) =>
  answerOf(dioptra.DELETE('/entrypoints/{id}', { params: byId(id) }));

export const setEntrypointTags = (id: number, ids: number[]) =>
  answerOf(dioptra.PUT('/entrypoints/{id}/tags', { params: byId(id), body: { ids } }));

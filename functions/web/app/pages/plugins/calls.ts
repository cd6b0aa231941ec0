import { queryOptions } from '@tanstack/react-query';
import { answerOf, type DioptraAnswer, type DioptraBody, dioptra } from '../../data/api.ts';
import type { Signature } from './tasks.ts';

export type Plugin = DioptraAnswer<'getPlugin'>;
export type PluginFile = DioptraAnswer<'getPluginFile'>;
export type PluginFileBody = DioptraBody<'createPluginFile'>;

const byId = (id: number) => ({ path: { id } });
const ofFile = (id: number, fileId: number) => ({ path: { id, fileId } });

export const pluginQuery = (id: number) =>
  queryOptions({
    queryKey: ['plugin', id],
    queryFn: () => answerOf(dioptra.GET('/plugins/{id}', { params: byId(id) })),
  });

/** A file as it was read, with what a save says to overwrite nothing newer. */
export interface ReadFile {
  readonly file: PluginFile;
  readonly etag: string | null;
}

export async function readFile(id: number, fileId: number): Promise<ReadFile> {
  const call = await dioptra.GET('/plugins/{id}/files/{fileId}', { params: ofFile(id, fileId) });
  const file = await answerOf(Promise.resolve(call));
  return { file, etag: call.response.headers.get('etag') };
}

export const fileQuery = (id: number, fileId: number) =>
  queryOptions({
    queryKey: ['plugin', id, 'file', fileId],
    queryFn: () => readFile(id, fileId),
  });

export const fileVersionsQuery = (id: number, fileId: number) =>
  queryOptions({
    queryKey: ['plugin', id, 'file', fileId, 'versions'],
    queryFn: () =>
      answerOf(
        dioptra.GET('/plugins/{id}/files/{fileId}/snapshots', {
          params: { ...ofFile(id, fileId), query: { pageLength: 1000 } },
        }),
      ),
  });

export const pluginVersionsQuery = (id: number) =>
  queryOptions({
    queryKey: ['plugin', id, 'versions'],
    queryFn: () =>
      answerOf(
        dioptra.GET('/plugins/{id}/snapshots', {
          params: { ...byId(id), query: { pageLength: 1000 } },
        }),
      ),
  });

/** Saves a file: a new one, or a version of one that is refused when it is no longer as it was read. */
export const saveFile = (
  id: number,
  body: PluginFileBody,
  before: ReadFile | undefined,
): Promise<PluginFile> =>
  before === undefined
    ? answerOf(dioptra.POST('/plugins/{id}/files', { params: byId(id), body }))
    : answerOf(
        dioptra.PUT('/plugins/{id}/files/{fileId}', {
          params: ofFile(id, before.file.id),
          body,
          ...(before.etag !== null && { headers: { 'if-match': before.etag } }),
        }),
      );

export const deleteFile = (id: number, fileId: number) =>
  answerOf(dioptra.DELETE('/plugins/{id}/files/{fileId}', { params: ofFile(id, fileId) }));

export const deletePlugin = (id: number) =>
  answerOf(dioptra.DELETE('/plugins/{id}', { params: byId(id) }));

export const setPluginTags = (id: number, ids: number[]) =>
  answerOf(dioptra.PUT('/plugins/{id}/tags', { params: byId(id), body: { ids } }));

/** The tasks that Python code registers; nothing of it is run. */
export const analyse = (pythonCode: string): Promise<readonly Signature[]> =>
  answerOf(dioptra.POST('/workflows/pluginTaskSignatureAnalysis', { body: { pythonCode } })).then(
    ({ tasks }) => tasks,
  );

/** Makes a type that means nothing but its name. */
export const makeType = (group: number, name: string, description: string) =>
  answerOf(dioptra.POST('/pluginParameterTypes', { body: { group, name, description } }));

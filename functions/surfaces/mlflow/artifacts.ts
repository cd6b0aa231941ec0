import * as z from 'zod';
import {
  type ArtifactFile,
  artifactUri,
  getRun,
  listArtifacts,
  putArtifact,
  removeArtifacts,
  signArtifactDownload,
  signArtifactUpload,
} from '#domain/tracking/index.ts';
import { readChunks } from '#http/body.ts';
import { type Route, reads, route, writes } from '#http/route.ts';
import type { Context } from '#kernel/context.ts';
import { AppError, invalid } from '#kernel/errors.ts';
import { placeOf, withoutSlash } from './artifact-places.ts';
import { runId } from './fields.ts';
import { moved } from './moved.ts';
import { nextPage, placeAfter } from './paging.ts';

/** Largest file that is taken through the API where nothing else limits it. */
const MAX_UNSIZED_BYTES = 6 * 1024 * 1024;

const ListRequest = z.object({
  run_id: runId(),
  path: z.string().default(''),
  page_token: z.string().optional(),
});

const listOfRun = route({
  method: 'GET',
  path: '/artifacts/list',
  operationId: 'listArtifacts',
  summary: 'Files and folders of a run, a level at a time.',
  access: reads('run', { jobs: true }),
  query: ListRequest,
  handle: async ({ ctx, query: { run_id: id, path, page_token: token } }) => {
    const question = ['artifacts', id, path];
    const place = await placeAfter(ctx, question, token);
    const [{ run }, page] = await Promise.all([
      getRun(ctx, id),
      listArtifacts(ctx, { runId: id, path: withoutSlash(path), ...place }),
    ]);
    const files = page.entries.map((entry) => toFile(entry.path, entry));
    return {
      root_uri: artifactUri(run),
      ...(files.length === 0 ? {} : { files }),
      ...(await nextPage(ctx, question, page.next)),
    };
  },
});

export const toFile = (
  path: string,
  entry: { readonly isDir: boolean; readonly size?: number },
) => ({
  path,
  is_dir: entry.isDir,
  ...(entry.size === undefined ? {} : { file_size: entry.size }),
});

async function everyEntry(ctx: Context, place: ArtifactFile) {
  const files: ReturnType<typeof toFile>[] = [];
  let after: string | undefined;
  do {
    const page = await listArtifacts(ctx, { ...place, ...(after === undefined ? {} : { after }) });
    for (const entry of page.entries) {
      files.push(toFile(entry.path.slice(entry.path.lastIndexOf('/') + 1), entry));
    }
    after = page.next;
  } while (after !== undefined);
  return files;
}

const list = route({
  method: 'GET',
  path: '/artifacts',
  operationId: 'proxyListArtifacts',
  summary: 'Files and folders directly below a path.',
  access: reads('run', { jobs: true }),
  query: z.object({ path: z.string().default('') }),
  handle: async ({ ctx, query: { path } }) => {
    const files = await everyEntry(ctx, await placeOf(ctx, path));
    return files.length === 0 ? {} : { files };
  },
});

const download = route({
  method: 'GET',
  path: '/artifacts/{path*}',
  operationId: 'proxyDownloadArtifact',
  summary: 'A file, by a redirect to where its bytes are.',
  access: reads('run', { jobs: true }),
  handle: async ({ ctx, params }) =>
    moved(await signArtifactDownload(ctx, await placeOf(ctx, params.path))),
});

const tooLarge = (): AppError =>
  new AppError(
    'too_large',
    'The file is too large for one request: set MLFLOW_MULTIPART_UPLOAD_MINIMUM_FILE_SIZE=4194304 ' +
      'at the client, or send its Content-Length.',
  );

const upload = route({
  method: 'PUT',
  path: '/artifacts/{path*}',
  operationId: 'proxyUploadArtifact',
  summary: 'Store a file, by a redirect to where its bytes go.',
  access: writes('run', { jobs: true }),
  handle: async ({ ctx, params, request }) => {
    const place = await placeOf(ctx, params.path);
    const { maxBodyBytes } = ctx.settings;
    const length = Number(request.headers.get('content-length') ?? '0');
    if (!Number.isSafeInteger(length) || length < 0) {
      throw invalid('content_length', 'Invalid value for the header Content-Length.');
    }
    if (maxBodyBytes !== undefined && length > maxBodyBytes) throw tooLarge();
    if (length > 0) {
      const { url } = await signArtifactUpload(ctx, { ...place, length });
      return moved(url);
    }
    // The stock client sends an empty file without a length, which S3 refuses.
    const most = maxBodyBytes ?? MAX_UNSIZED_BYTES;
    await putArtifact(ctx, { ...place, read: () => readChunks(request, most, tooLarge) });
    return {};
  },
});

const removal = route({
  method: 'DELETE',
  path: '/artifacts/{path*}',
  operationId: 'proxyDeleteArtifacts',
  summary: 'Remove a file, or a folder with everything in it.',
  access: writes('run', { jobs: true }),
  handle: async ({ ctx, params }) => {
    await removeArtifacts(ctx, await placeOf(ctx, params.path));
    return {};
  },
});

export const artifactRoutes: readonly Route[] = [listOfRun];
export const artifactProxyRoutes: readonly Route[] = [list, download, upload, removal];

import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { answerOf, type MlflowAnswer, mlflow } from '../../../data/api.ts';
import { apiError } from '../../../data/api-error.ts';

export type ArtifactFile = NonNullable<MlflowAnswer<'listArtifacts'>['files']>[number];
export const sizeOf = ({ file_size: size }: ArtifactFile): number | undefined =>
  size === undefined ? undefined : Number(size);

export const lastPart = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

/** The files and folders of one level, a page at a time. */
export const levelQuery = (run: string, path: string) =>
  infiniteQueryOptions({
    queryKey: ['run', run, 'artifacts', path],
    queryFn: ({ pageParam }) => listLevel(run, path, pageParam),
    initialPageParam: '',
    getNextPageParam: ({ next_page_token: next }) => next || undefined,
    staleTime: 15_000,
  });

export const listLevel = (run: string, path: string, token: string) =>
  answerOf(
    mlflow.GET('/api/2.0/mlflow/artifacts/list', {
      params: {
        query: {
          run_id: run,
          ...(path !== '' && { path }),
          ...(token !== '' && { page_token: token }),
        },
      },
    }),
  );

/** Where a file is got, which sends on to where its bytes are: always as a download. */
export const downloadUrl = (run: string, path: string): string =>
  `/get-artifact?${new URLSearchParams({ run_id: run, path })}`;

export interface Content {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Of the whole file; unknown where the store does not say. */
  readonly total: number | undefined;
  /** Whether there is more of it. */
  readonly cut: boolean;
}

/** The size that an answer to a part names: `bytes 0-99/1234`. */
function totalOf(response: Response): number | undefined {
  const range = /\/(\d+)$/.exec(response.headers.get('content-range') ?? '')?.[1];
  const length = response.headers.get('content-length');
  if (range !== undefined) return Number(range);
  return response.status === 200 && length !== null ? Number(length) : undefined;
}

/** Reads to the end, or hangs up on a store that sends more than it was asked for. */
async function readAtMost(response: Response, most: number): Promise<Uint8Array<ArrayBuffer>> {
  const reader = response.body?.getReader();
  const parts: Uint8Array[] = [];
  let length = 0;
  while (reader !== undefined && length <= most) {
    const { done, value } = await reader.read();
    if (done) break;
    parts.push(value);
    length += value.length;
  }
  await reader?.cancel().catch(() => undefined);
  return new Uint8Array(await new Blob(parts as BlobPart[]).arrayBuffer()).slice(0, most);
}

/** The first bytes of a file. One more than wanted is asked for, which tells whether there are more. */
async function readFile(run: string, path: string, most: number): Promise<Content> {
  const response = await fetch(downloadUrl(run, path), {
    headers: { range: `bytes=0-${most}` },
  });
  // An empty file has no first byte.
  if (response.status === 416) return { bytes: new Uint8Array(), total: 0, cut: false };
  if (!response.ok) throw apiError(response, await response.json().catch(() => undefined));
  const total = totalOf(response);
  const bytes = await readAtMost(response, most + 1);
  return { bytes: bytes.slice(0, most), total, cut: bytes.length > most };
}

export const contentQuery = (run: string, path: string, most: number) =>
  queryOptions({
    queryKey: ['run', run, 'artifact', path, most],
    queryFn: () => readFile(run, path, most),
    staleTime: 60_000,
    gcTime: 60_000,
  });

/** Files of runs and logged models, from one server to the other without ever being whole in memory. */
import { Readable } from 'node:stream';
import { request } from 'undici';
import type { Counts } from './counts.ts';
import type { Import } from './import.ts';
import { Refused, retrying, type Server } from './server.ts';

/** Whose files they are: the folder that lists them, the address of one, and how one is stored. */
export interface Owner {
  /** `run_id` or `model_id` with its value at the server that they come from. */
  readonly from: readonly ['run_id' | 'model_id', string];
  readonly to: readonly ['run_id' | 'model_id', string];
  /** The URI of its files here, `mlflow-artifacts:/…`. */
  readonly uri: string;
}

interface File {
  readonly path: string;
  readonly size: number;
}

const API = '/api/2.0/mlflow';
const PROXY = '/api/2.0/mlflow-artifacts';

function listing([kind, id]: Owner['from'], path: string): readonly [string, object] {
  return kind === 'run_id'
    ? [`${API}/artifacts/list`, { run_id: id, ...(path === '' ? {} : { path }) }]
    : [
        `${API}/logged-models/${id}/artifacts/directories`,
        path === '' ? {} : { artifact_directory_path: path },
      ];
}

/** All files below a folder, folder by folder. */
export async function* filesOf(
  server: Server,
  owner: Owner['from'],
  path = '',
): AsyncGenerator<File> {
  const [address, args] = listing(owner, path);
  for await (const entry of server.pages('GET', address, { ...args }, 'files')) {
    if (entry.is_dir === true) yield* filesOf(server, owner, entry.path);
    else yield { path: entry.path, size: Number(entry.file_size ?? 0) };
  }
}

const addressOf = ([kind, id]: Owner['from'], path: string): string =>
  kind === 'run_id'
    ? `/get-artifact?${new URLSearchParams({ run_id: id, path })}`
    : `/ajax-api/2.0/mlflow/logged-models/${id}/artifacts/files?${new URLSearchParams({ artifact_file_path: path })}`;

/** Takes so many bytes off a stream at a time. */
function slicesOf(stream: AsyncIterable<Uint8Array>) {
  const chunks = stream[Symbol.asyncIterator]();
  let rest: Uint8Array | undefined;
  return async function* take(bytes: number): AsyncGenerator<Uint8Array> {
    for (let left = bytes; left > 0; ) {
      const chunk = rest ?? (await chunks.next()).value;
      if (chunk === undefined) throw new TypeError('The file ended before its size was reached.');
      rest = chunk.length > left ? chunk.subarray(left) : undefined;
      const part = chunk.subarray(0, left);
      left -= part.length;
      yield part;
    }
  };
}

type Headers = Readonly<Record<string, string>>;

async function put(
  url: string,
  headers: Headers,
  bytes: AsyncGenerator<Uint8Array>,
  { length, signal }: { readonly length: number; readonly signal: AbortSignal },
): Promise<string> {
  const answer = await request(url, {
    method: 'PUT',
    headers: { ...headers, 'content-length': String(length) },
    body: Readable.from(bytes, { objectMode: false }),
    signal,
  }).catch((error: unknown) => {
    signal.throwIfAborted();
    throw new TypeError('The store broke off.', { cause: error });
  });
  const text = await answer.body.text();
  if (answer.statusCode >= 300) {
    throw new Refused(`PUT ${new URL(url).pathname}`, answer.statusCode, '', text.slice(0, 200));
  }
  return String(answer.headers.etag ?? '');
}

type Take = ReturnType<typeof slicesOf>;

async function putWhole({ to }: Import, owner: Owner, file: File, take: Take): Promise<void> {
  const [kind, id] = owner.to;
  const signed = await to.ask('POST', `${API}/artifacts/presigned-upload-url`, {
    [kind]: id,
    path: file.path,
  });
  const { signal } = to;
  await put(signed.presigned_url, signed.headers ?? {}, take(file.size), {
    length: file.size,
    signal,
  });
}

async function putInParts(
  { to, parts: { bytes } }: Import,
  owner: Owner,
  file: File,
  take: Take,
): Promise<void> {
  const folder = owner.uri.replace('mlflow-artifacts:/', '');
  const [, parent = '', name = file.path] = /^(.*)\/([^/]*)$/.exec(file.path) ?? [];
  const path = [folder, ...parent.split('/').filter((part) => part !== '')]
    .map((part, at) => (at === 0 ? part : encodeURIComponent(part)))
    .join('/');
  const count = Math.ceil(file.size / bytes);
  const upload = await to.ask('POST', `${PROXY}/mpu/create/${path}`, {
    path: name,
    num_parts: count,
  });
  const stored: object[] = [];
  for (const [at, { url, headers, part_number: number }] of upload.credentials.entries()) {
    const length = Math.min(bytes, file.size - at * bytes);
    const etag = await put(url, headers ?? {}, take(length), { length, signal: to.signal });
    stored.push({ part_number: number, etag, url });
  }
  const { upload_id } = upload;
  await to.ask('POST', `${PROXY}/mpu/complete/${path}`, { path: name, upload_id, parts: stored });
}

const copy = (job: Import, owner: Owner, file: File): Promise<void> =>
  retrying(job.from.signal, async () => {
    const take = slicesOf(await job.from.open(addressOf(owner.from, file.path)));
    await (file.size > job.parts.above ? putInParts : putWhole)(job, owner, file, take);
  });

/** Copies what is not there yet: a file is there whole or not at all. */
export async function copyFiles(job: Import, owner: Owner, again: boolean): Promise<Counts> {
  const there = new Map<string, number>();
  if (again) for await (const { path, size } of filesOf(job.to, owner.to)) there.set(path, size);
  let files = 0;
  let bytes = 0;
  for await (const file of filesOf(job.from, owner.from)) {
    if (there.get(file.path) !== file.size) await copy(job, owner, file);
    files += 1;
    bytes += file.size;
    job.progress.add({ files: 1, 'bytes of files': file.size });
  }
  return { files, 'bytes of files': bytes };
}

import type { ArchiveSource } from '#archives/archive-source.ts';
import { ARCHIVE_NAME, MAX_WORKFLOW_BYTES } from '#archives/workflow-limits.ts';
import type { SignedUrl } from '#kernel/blobs.ts';
import { type Context, requirePermission, requireSystem } from '#kernel/context.ts';
import { type AppError, invalid, tooManyBytes } from '#kernel/errors.ts';
import { exists, itemMissing, put, remove, update, type Write } from '#kernel/table.ts';
import {
  readUpload,
  USED,
  uploadItem,
  uploadKeys,
  type WorkflowUpload,
  workflowKey,
} from './uploads.items.ts';

const URL_SECONDS = 900;
const MAX_SWEPT = 200;
const RANGE = 4 * 1024 * 1024;
const MAX_FILENAME = 100;

/** A name as a part of keys and addresses: what comes before the last slash is the sender's own affair. */
export function safeFilename(given: string): string {
  const name = given.split(/[\\/]/).at(-1) ?? '';
  const safe = name
    .normalize('NFKD')
    .replaceAll(/[^A-Za-z0-9_.-]+/g, '_')
    .replace(/^[._-]+/, '')
    .slice(-MAX_FILENAME);
  if (safe === '' || !ARCHIVE_NAME.test(safe)) {
    throw invalid(
      'workflow_file',
      'workflow: the name of the file must end in .tar, .tgz, .gz, .bz2, .xz or .zip.',
    );
  }
  return safe;
}

export const workflowTooLarge = (): AppError =>
  tooManyBytes(`workflow: the archive has more than ${MAX_WORKFLOW_BYTES} bytes.`);

/**
 * Grants the upload of a workflow: one PUT of exactly so many bytes, within fifteen minutes. A job that
 * names its `id` uses it; what no job uses within a day is removed. Throws `not_found`, `forbidden`,
 * `invalid` (`workflow_file`), `too_large`.
 */
export async function startWorkflowUpload(
  ctx: Context,
  input: Omit<WorkflowUpload, 'id'>,
): Promise<{ readonly upload: WorkflowUpload; readonly put: SignedUrl }> {
  const { groupId, size, sha256 } = input;
  requirePermission(ctx, 'write', { groupId, entity: 'group', lookup: { group_id: groupId } });
  if (size > MAX_WORKFLOW_BYTES) throw workflowTooLarge();
  const upload = { ...input, id: ctx.ids.hex32(), filename: safeFilename(input.filename) };
  await ctx.table.write(put(uploadItem(upload, ctx.clock.now()), itemMissing));
  const bound = { length: size, once: true, ...(sha256 === undefined ? {} : { sha256 }) };
  const signed = await ctx.blobs.signPut(workflowKey(upload), { expiresIn: URL_SECONDS, ...bound });
  return { upload, put: signed };
}

const unknown = (): AppError =>
  invalid(
    'workflow_upload',
    'workflow_upload: there is no such upload, or its bytes have not arrived: PUT them to its url first.',
  );

/** Whether the caller may have started it: whoever may write its group may use it for a job of another, too. */
function isOwn(ctx: Context, { groupId }: WorkflowUpload): boolean {
  const { actor } = ctx;
  return 'memberships' in actor && actor.memberships.get(groupId)?.flags.write === true;
}

/** The upload that a job names, whose bytes are there. Throws `invalid` (`workflow_upload`). */
export async function findUpload(ctx: Context, id: string): Promise<WorkflowUpload> {
  const item = /^[0-9a-f]{32}$/.test(id) ? await ctx.table.get(uploadKeys.upload(id)) : undefined;
  if (item === undefined || !isOwn(ctx, readUpload(item))) throw unknown();
  const upload = readUpload(item);
  const stored = await ctx.blobs.head(workflowKey(upload));
  if (stored?.size !== upload.size) throw unknown();
  return upload;
}

/** From the transaction of a job on it is that job's, and stays. */
export const uploadUsed = ({ id }: WorkflowUpload): Write =>
  update(uploadKeys.upload(id), { remove: [...USED] }, exists('id'));

/** The bytes of a workflow in the blob store, as archives are read. */
export function storedArchive(ctx: Context, key: string, size: number): ArchiveSource {
  return {
    size,
    async *stream(from = 0, to = size) {
      for (let at = from; at < to; at += RANGE) {
        const bytes = await ctx.blobs.get(key, { from: at, to: Math.min(at + RANGE, to) - 1 });
        if (bytes === undefined) throw unknown();
        yield bytes;
      }
    },
  };
}

/** Removes uploads that no job has used within a day, as many as fit; returns how many. */
export async function sweepUploads(ctx: Context): Promise<number> {
  requireSystem(ctx);
  const { items } = await ctx.table.query({
    index: 'gsi1',
    pk: uploadKeys.unused,
    sk: { to: uploadKeys.until(ctx.clock.now()) },
    limit: MAX_SWEPT,
  });
  let removed = 0;
  for (const item of items) {
    const upload = readUpload(item);
    // A job that is being submitted finds its upload gone, or has it for good.
    const gone = await ctx.table.write(remove(uploadKeys.upload(upload.id), exists('gsi1pk')));
    if (!gone.ok) continue;
    await ctx.blobs.remove([workflowKey(upload)]);
    removed += 1;
  }
  return removed;
}

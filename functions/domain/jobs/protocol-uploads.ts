import * as z from 'zod';
import { isInnerPath } from '#kernel/inner-path.ts';

/** How the files of an attempt reach the store: the part of the protocol that is about bytes. */

export const Fence = { attempt: z.int().positive(), lease: z.string().min(1).max(100) };

/** A path below the run's artifacts. */
export const ArtifactPath = z
  .string()
  .min(1)
  .max(500)
  .refine(isInnerPath, 'Must be a relative path without empty, "." or ".." segments.');

/** Of the bytes, in base64. */
export const Sha256 = z.string().regex(/^[A-Za-z0-9+/]{43}=$/);

const MIB = 1024 * 1024;
/** Larger files go in parts, of which each can be sent again by itself. */
export const MAX_WHOLE_BYTES = 64 * MIB;
/** What a store takes in one PUT at most. */
export const MAX_PUT_BYTES = 5 * 1024 * MIB;
/** What a store keeps as one object at most. */
export const MAX_FILE_BYTES = 5 * 1024 * 1024 * MIB;
export const MAX_PARTS = 10_000;
/** Most parts that one call signs. */
export const MAX_PARTS_PER_CALL = 100;

/** The size of every part of such a file but the last: at least 16 MiB, at most 10,000 parts. */
export const partSizeOf = (size: number): number =>
  MIB * Math.max(16, Math.ceil(size / MAX_PARTS / MIB));

/** A file below the run's artifacts, or with `bundle` the directory `path` as one tar.gz. */
const Place = { path: ArtifactPath, bundle: z.boolean().optional() };

const WholeOrParts = z.strictObject({
  ...Place,
  size: z.int().nonnegative().max(MAX_FILE_BYTES),
  /** With it the URL is good for these bytes only. */
  sha256: Sha256.optional(),
  /** Asks for an upload in parts of `partSizeOf(size)`: the checksums of the first ≤ 100. */
  parts: z.array(Sha256).min(1).max(MAX_PARTS_PER_CALL).optional(),
});

/**
 * POST /jobs/{jobId}/uploads: where to PUT files of the attempt. Each URL is good for one write:
 * 412 says that there is a file already, and `/uploads/check` whether it is the same.
 */
export const UploadRequest = z.strictObject({
  ...Fence,
  files: z
    .array(WholeOrParts)
    .min(1)
    .max(100)
    .refine(
      (files) => files.length === 1 || files.every(({ parts }) => parts === undefined),
      'A file in parts has a call of its own.',
    ),
});
export type UploadRequest = z.infer<typeof UploadRequest>;

const Headers = z.record(z.string(), z.string());
const SignedParts = z.array(z.object({ partNumber: z.int(), url: z.string(), headers: Headers }));

export const UploadAnswer = z.object({
  uploads: z.array(z.object({ path: z.string(), url: z.string(), headers: Headers })),
  /** Of a file in parts. */
  multipart: z
    .object({
      path: z.string(),
      uploadId: z.string(),
      partSize: z.int(),
      parts: SignedParts,
    })
    .optional(),
});
export type UploadAnswer = z.infer<typeof UploadAnswer>;

const Upload = {
  ...Fence,
  ...Place,
  uploadId: z.string().regex(/^[\x21-\x7e]{1,1024}$/),
};

/** POST /jobs/{jobId}/uploads/parts: where to PUT further parts, from number `first` on. */
export const PartsRequest = z.strictObject({
  ...Upload,
  size: z.int().positive().max(MAX_FILE_BYTES),
  first: z.int().min(1).max(MAX_PARTS),
  sha256: z.array(Sha256).min(1).max(MAX_PARTS_PER_CALL),
});
export type PartsRequest = z.infer<typeof PartsRequest>;
export const PartsAnswer = z.object({ parts: SignedParts });
export type PartsAnswer = z.infer<typeof PartsAnswer>;

/** POST /jobs/{jobId}/uploads/complete: makes the file of all its parts. */
export const CompleteRequest = z.strictObject({
  ...Upload,
  parts: z
    .array(
      z.strictObject({
        partNumber: z.int().min(1).max(MAX_PARTS),
        etag: z.string().regex(/^[\x21-\x7e]{1,128}$/),
        sha256: Sha256,
      }),
    )
    .min(1)
    .max(MAX_PARTS),
});
export type CompleteRequest = z.infer<typeof CompleteRequest>;

/** POST /jobs/{jobId}/uploads/abort: the parts are not needed any more. */
export const AbortRequest = z.strictObject(Upload);
export type AbortRequest = z.infer<typeof AbortRequest>;

/** POST /jobs/{jobId}/uploads/check: refused (400) unless the store has exactly this file. */
export const CheckRequest = z.strictObject({
  ...Fence,
  ...Place,
  size: z.int().nonnegative(),
  sha256: Sha256,
});
export type CheckRequest = z.infer<typeof CheckRequest>;

export const UploadDone = z.object({});

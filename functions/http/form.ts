import * as z from 'zod';

/** A file of a form. */
export interface UploadedFile {
  /** As the sender calls it; '' where it has no name. */
  readonly filename: string;
  readonly bytes: Uint8Array;
}

/** A route that declares this takes `multipart/form-data`; its body's schema sees the fields. */
export interface FormLimits {
  /** Fields that are files: one, or any number of the same name. */
  readonly files: { readonly [field: string]: 'one' | 'many' };
  /** Of everything together, headers and boundaries included. */
  readonly maxBytes: number;
  readonly maxFileBytes: number;
  readonly maxParts: number;
}

/** JSON may hold an object with the same fields, but no bytes. */
export const isUploadedFile = (value: unknown): value is UploadedFile =>
  typeof value === 'object' &&
  value !== null &&
  'bytes' in value &&
  value.bytes instanceof Uint8Array;

/** A file in the schema of a form. */
export const uploadedFile = () =>
  z
    .custom<UploadedFile>(isUploadedFile, 'Must be a file.')
    .meta({ type: 'string', format: 'binary' });

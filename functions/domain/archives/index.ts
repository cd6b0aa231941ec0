export {
  type ArchiveEntry,
  archiveOf,
  archiveTypes,
  type FileType,
  fileTypes,
  makeArchive,
  packingTurn,
} from './archive.ts';
export type { ArchiveFile } from './formats.ts';
export {
  MAX_ARCHIVE_BYTES,
  readEntries,
  type Unpacked,
  UPLOAD_LIMITS,
  unpackArchive,
} from './unpack.ts';

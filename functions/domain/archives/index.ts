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

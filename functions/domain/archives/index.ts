export {
  type ArchiveEntry,
  type ArchiveFile,
  archiveOf,
  archiveTypes,
  type FileType,
  fileTypes,
  makeArchive,
  packingTurn,
} from './archive.ts';

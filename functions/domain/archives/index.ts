export {
  type ArchiveEntry,
  archiveTypes,
  type FileType,
  fileTypes,
  makeArchive,
  packingTurn,
} from './archive.ts';

export {
  type ArchiveEntry,
  archiveTypes,
  type FileType,
  fileTypes,
  makeArchive,
} from './archive.ts';

export { ArtifactUri } from './artifact-uri.ts';
export {
  type Artifact,
  type ArtifactData,
  type ArtifactTask,
  artifactKind,
  artifactWrites,
  ownLocation,
} from './artifacts.ts';
export {
  type ArtifactFile,
  artifactContents,
  type ContentsWish,
  listArtifactFiles,
} from './contents.ts';
export { listArtifacts } from './list-artifacts.ts';
export { measureFolder, measureStored } from './measure.ts';
export { type PackingEnd, PackingTask, packInBackground } from './pack-in-background.ts';

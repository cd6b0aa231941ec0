export {
  type Artifact,
  type ArtifactData,
  type ArtifactTask,
  artifactKind,
  artifactWrites,
  ownLocation,
  requireArtifactUri,
} from './artifacts.ts';
export {
  type ArtifactFile,
  artifactContents,
  type ContentsWish,
  listArtifactFiles,
} from './contents.ts';
export { type PackingEnd, PackingTask, packInBackground } from './pack-in-background.ts';

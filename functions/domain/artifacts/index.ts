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
  type ArtifactContents,
  type ArtifactFile,
  artifactContents,
  listArtifactFiles,
} from './contents.ts';
export { packFolder } from './pack.ts';

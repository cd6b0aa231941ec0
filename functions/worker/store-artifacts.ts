import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { FinishedArtifact } from '#domain/jobs/protocol.ts';
import type { CollectedArtifact, UploadFile } from './artifacts.ts';
import { bundleOf } from './bundle.ts';
import type { Uploader } from './put.ts';
import { uploadFiles } from './upload.ts';

/**
 * Uploads what the job made, directories file by file and as one archive each; gives what the
 * API is told. The archives are made in a folder of the worker's own, below `baseDir`.
 */
export async function storeArtifacts(
  uploader: Uploader,
  artifacts: readonly CollectedArtifact[],
  baseDir: string,
): Promise<FinishedArtifact[]> {
  const files = artifacts.flatMap((artifact) => artifact.files);
  const sums = await uploadFiles(uploader, files);
  const stored: FinishedArtifact[] = [];
  for (const artifact of artifacts) {
    const { finished, files } = artifact;
    const [only] = files;
    if (finished.isDir) stored.push(await withBundle(uploader, artifact, baseDir));
    else stored.push({ ...finished, ...sumOf(only, sums) });
  }
  return stored;
}

const sumOf = (file: UploadFile | undefined, sums: ReadonlyMap<UploadFile, string>) => {
  const sha256 = file === undefined ? undefined : sums.get(file);
  return sha256 === undefined ? {} : { sha256 };
};

async function withBundle(
  uploader: Uploader,
  artifact: CollectedArtifact,
  baseDir: string,
): Promise<FinishedArtifact> {
  // mkdtemp makes it with mode 0700.
  const folder = await mkdtemp(join(baseDir, 'bundle-'));
  try {
    const { owner, halt } = uploader;
    const options = { owner, signal: halt.signal };
    const bundle = await bundleOf(artifact, join(folder, 'bundle.tar.gz'), options);
    if (bundle === undefined) return artifact.finished;
    const sums = await uploadFiles({ ...uploader, owner: undefined }, [bundle]);
    return { ...artifact.finished, bundle: { size: bundle.size, ...sumOf(bundle, sums) } };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

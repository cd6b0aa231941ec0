import { mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type ArtifactInput, ArtifactPath, type JobClaim } from '#domain/jobs/protocol.ts';
import { ArchiveRefused, type EntryLimits } from '#kernel/archive-entries.ts';
import { DownloadRefused, downloadTo } from './download.ts';
import { JobFailure } from './failure.ts';
import { HttpFailure } from './http.ts';
import { explain } from './log.ts';
import { forEach } from './together.ts';
import { BUNDLE_LIMITS, unpack } from './unpack.ts';
import type { JobDirs } from './work-dir.ts';

const GIB = 1024 ** 3;
const MAX_BUNDLE_BYTES = 100 * 1024 ** 2;
const MAX_INPUT_BYTES = 50 * GIB;
const INPUT_LIMITS: EntryLimits = { maxEntries: 100_000, maxBytes: 100 * GIB };
const AT_A_TIME = 4;

export interface Preparation {
  readonly apiUrl: string;
  readonly claim: JobClaim;
  readonly dirs: JobDirs;
}

type Fetch = (signal: AbortSignal) => Promise<void>;

/** Brings the job's code and inputs into its folders and writes job.json. */
export async function prepareJob(preparation: Preparation, signal: AbortSignal): Promise<void> {
  const { claim, dirs } = preparation;
  const inputs = Object.entries(claim.artifactInputs).map(([name, input], index) => {
    const dir = join(dirs.inputs, String(index));
    return { name, input, contents: join(dir, 'contents'), plugins: join(dir, 'plugins') };
  });
  const fetches: Fetch[] = [
    bundle(preparation, 'the plugins', claim.pluginsBundlePath, dirs.plugins),
    bundle(
      preparation,
      'the artifact plugins',
      claim.artifactPluginsBundlePath,
      dirs.artifactPlugins,
    ),
  ];
  for (const { name, input, contents, plugins } of inputs) {
    await mkdir(contents, { recursive: true, mode: 0o700 });
    await mkdir(plugins, { mode: 0o700 });
    const what = `artifact input ${name}`;
    fetches.push(bundle(preparation, `the plugin of ${what}`, input.pluginBundlePath, plugins));
    fetches.push(contentsOf(preparation, what, input, contents));
  }
  await forEach(fetches, AT_A_TIME, signal, (fetch, either) => fetch(either));
  const described: Record<string, unknown> = {};
  for (const { name, input, contents, plugins } of inputs) {
    described[name] = await describe(input, contents, plugins);
  }
  await writeFile(join(dirs.root, 'job.json'), jobFile(claim, dirs, described), { mode: 0o600 });
}

/** Config and parameters go in as the text that they are: parsing would turn `1.0` into `1`. */
function jobFile(claim: JobClaim, dirs: JobDirs, artifactInputs: object): string {
  const ours = JSON.stringify({
    jobId: claim.jobId,
    experimentId: claim.experimentId,
    pluginsDir: dirs.plugins,
    artifactPluginsDir: dirs.artifactPlugins,
    artifactTasks: claim.artifactTasks,
    artifactInputs,
    outputDir: dirs.outputs,
  });
  return `${ours.slice(0, -1)},"config":${claim.config},"parameters":${claim.parameters}}`;
}

async function describe(input: ArtifactInput, contents: string, pluginsDir: string) {
  return {
    path: await insideOf(input, contents),
    isDir: input.isDir,
    pluginsDir,
    task: {
      plugin_name: input.pluginName,
      file_name: input.taskFile,
      task_name: input.taskName,
    },
    outputs: input.outputs,
  };
}

/** An archive of a folder holds that folder on top; its name may differ from the artifact's. */
async function insideOf({ isDir, fileName }: ArtifactInput, contents: string): Promise<string> {
  const named = join(contents, fileName);
  if (!isDir || (await isFolder(named))) return named;
  const [only, ...others] = await readdir(contents);
  const single = only !== undefined && others.length === 0 ? join(contents, only) : undefined;
  return single !== undefined && (await isFolder(single)) ? single : contents;
}

const isFolder = async (path: string): Promise<boolean> =>
  (await stat(path).catch(() => undefined))?.isDirectory() === true;

function bundle(preparation: Preparation, what: string, path: string, target: string): Fetch {
  return (signal) =>
    explained(what, signal, () =>
      fetchArchive(preparation, path, target, MAX_BUNDLE_BYTES, BUNDLE_LIMITS, signal),
    );
}

function contentsOf(
  preparation: Preparation,
  what: string,
  { contentsPath, isDir, fileName }: ArtifactInput,
  target: string,
): Fetch {
  if (fileName.includes('/') || !ArtifactPath.safeParse(fileName).success) {
    throw new JobFailure('runtime_error', `The file name of ${what} cannot be used.`);
  }
  return (signal) =>
    explained(what, signal, async () => {
      if (isDir) {
        const limits = INPUT_LIMITS;
        await fetchArchive(preparation, contentsPath, target, MAX_INPUT_BYTES, limits, signal);
      } else {
        const wish = { path: contentsPath, maxBytes: MAX_INPUT_BYTES };
        await download(preparation, join(target, fileName), wish, signal);
      }
    });
}

const download = (
  { apiUrl, claim }: Preparation,
  file: string,
  wish: { readonly path: string; readonly maxBytes: number },
  signal: AbortSignal,
): Promise<void> => downloadTo(file, { apiUrl, token: claim.jobToken, ...wish }, signal);

async function fetchArchive(
  preparation: Preparation,
  path: string,
  target: string,
  maxBytes: number,
  limits: EntryLimits,
  signal: AbortSignal,
): Promise<void> {
  const archive = `${target}.tar.gz`;
  await download(preparation, archive, { path, maxBytes }, signal);
  await unpack(archive, target, limits, signal);
  await rm(archive);
}

/** Names what failed; errors of other kinds are the worker's own and pass. */
async function explained(
  what: string,
  signal: AbortSignal,
  act: () => Promise<void>,
): Promise<void> {
  try {
    await act();
  } catch (error) {
    signal.throwIfAborted();
    const known = [HttpFailure, DownloadRefused, ArchiveRefused];
    if (!known.some((kind) => error instanceof kind)) throw error;
    const message = `Preparing failed for ${what}: ${explain(error)}`;
    throw new JobFailure('runtime_error', message, error);
  }
}

import { mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type ArtifactInput, ArtifactPath, type DioptraClaim } from '#domain/jobs/protocol.ts';
import type { EntryLimits } from '#kernel/archive-entries.ts';
import { JobFailure } from './failure.ts';
import {
  bundle,
  download,
  explained,
  type Fetch,
  fetchArchive,
  type Preparation,
} from './fetch.ts';
import { forEach } from './together.ts';
import type { JobDirs } from './work-dir.ts';

const GIB = 1024 ** 3;
const MAX_INPUT_BYTES = 50 * GIB;
const INPUT_LIMITS: EntryLimits = { maxEntries: 100_000, maxBytes: 100 * GIB };
const AT_A_TIME = 4;

/** Brings the job's code and inputs into its folders and writes job.json. */
export async function prepareDioptra(
  preparation: Preparation<DioptraClaim>,
  signal: AbortSignal,
): Promise<void> {
  const { claim, dirs } = preparation;
  const inputs = Object.entries(claim.artifactInputs).map(([name, input], index) => {
    const dir = join(dirs.inputs, String(index));
    return { name, input, contents: join(dir, 'contents'), plugins: join(dir, 'plugins') };
  });
  const fetches: Fetch[] = [
    bundle(preparation, 'the plugins', claim.pluginsBundlePath, dirs.plugins),
  ];
  const { artifactPluginsBundlePath } = claim;
  if (artifactPluginsBundlePath !== null) {
    const what = 'the artifact plugins';
    fetches.push(bundle(preparation, what, artifactPluginsBundlePath, dirs.artifactPlugins));
  }
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
function jobFile(claim: DioptraClaim, dirs: JobDirs, artifactInputs: object): string {
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

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { WORKFLOW_LIMITS } from '#archives/workflow-limits.ts';
import type { MlprojectClaim } from '#domain/jobs/protocol.ts';
import { isInnerPath } from '#kernel/inner-path.ts';
import { JobFailure } from './failure.ts';
import { bundle, explained, type Fetch, fetchArchive, type Preparation } from './fetch.ts';
import { forEach } from './together.ts';

/** Python finds the plugins of people below it. */
const CUSTOM = 'dioptra_custom';

/** Brings the project and the plugins that it may import into the job's folders and writes job.json. */
export async function prepareMlproject(
  preparation: Preparation<MlprojectClaim>,
  signal: AbortSignal,
): Promise<void> {
  const { claim, dirs } = preparation;
  const project = join(dirs.inputs, 'project');
  const custom = join(dirs.plugins, CUSTOM);
  for (const dir of [project, custom]) await mkdir(dir, { mode: 0o700 });
  const { workflowPath, workflowBytes, pluginsBundlePath } = claim;
  const fetches: Fetch[] = [
    (either) =>
      explained('the workflow', either, () =>
        fetchArchive(preparation, workflowPath, project, workflowBytes, WORKFLOW_LIMITS, either),
      ),
  ];
  if (pluginsBundlePath !== null) {
    fetches.push(bundle(preparation, 'the plugins', pluginsBundlePath, custom));
  }
  await forEach(fetches, fetches.length, signal, (fetch, either) => fetch(either));
  await writeFile(join(dirs.root, 'job.json'), jobFile(preparation, project), { mode: 0o600 });
}

function jobFile({ claim, dirs }: Preparation<MlprojectClaim>, project: string): string {
  const { projectRoot } = claim;
  if (projectRoot !== '' && !isInnerPath(projectRoot)) {
    throw new JobFailure('runtime_error', 'The folder of the project cannot be used.');
  }
  return JSON.stringify({
    jobId: claim.jobId,
    experimentId: claim.experimentId,
    runId: claim.runId,
    projectDir: join(project, projectRoot),
    entryPoint: claim.entrypointName,
    parameters: claim.parameters,
    environment: claim.environment,
    pluginsDir: dirs.plugins,
    outputDir: dirs.outputs,
  });
}

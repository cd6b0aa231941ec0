import type { ArchiveSource } from '#archives/archive-source.ts';
import { readArchive } from '#archives/read-archive.ts';
import { WORKFLOW_LIMITS } from '#archives/workflow-limits.ts';
import { ArchiveRefused } from '#kernel/archive-entries.ts';
import {
  type Asked,
  MAX_PROJECT_BYTES,
  parseProject,
  refusedProject,
  requireRunnable,
} from './project.ts';

/** An answer has to come before the gateway gives up, and more is to be done for it. */
const SECONDS = 20;
const ENVIRONMENT_FILE = 'python_env.yaml';

const isProject = (name: string): boolean => name.toLowerCase() === 'mlproject';

type Paths = ReadonlyMap<string, 'file' | 'directory'>;

/** The folder of the MLproject file: the archive itself, or the one folder that all is in, whatever its name. */
function rootOf(paths: Paths): string | undefined {
  const files = [...paths].flatMap(([path, kind]) => (kind === 'file' ? [path] : []));
  if (files.some(isProject)) return '';
  const tops = new Set([...paths.keys()].map((path) => path.split('/')[0] ?? ''));
  const [top = ''] = tops;
  const isInside = files.some(
    (path) => path.startsWith(`${top}/`) && isProject(path.slice(top.length + 1)),
  );
  return tops.size === 1 && isInside ? top : undefined;
}

/** All folders that something is in: they need no entry of their own. */
function foldersOf(paths: Paths): ReadonlySet<string> {
  const folders = new Set<string>();
  for (const path of paths.keys()) {
    for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) {
      const folder = path.slice(0, end);
      if (folders.has(folder)) break;
      folders.add(folder);
    }
  }
  return folders;
}

/** How the workflow is run. */
export interface CheckedWorkflow {
  /** The folder of the archive with the MLproject file; '' is the archive itself. */
  readonly root: string;
  readonly environment: 'local' | 'virtualenv';
}

async function read(source: ArchiveSource) {
  try {
    return await readArchive(
      source,
      (path) => path.split('/').length <= 2 && isProject(path.split('/').at(-1) ?? ''),
      { limits: WORKFLOW_LIMITS, maxKeptBytes: MAX_PROJECT_BYTES, seconds: SECONDS },
    );
  } catch (error) {
    if (!(error instanceof ArchiveRefused)) throw error;
    throw refusedProject(`The archive cannot be used: ${error.message}.`);
  }
}

/**
 * Looks through the whole archive and checks what is asked against its MLproject file. Throws `invalid`
 * (`workflow_project`, `workflow_entry_point`, `workflow_parameter`).
 */
export async function checkWorkflow(
  source: ArchiveSource,
  asked: Omit<Asked, 'hasFile' | 'has'>,
): Promise<CheckedWorkflow> {
  const { paths, files } = await read(source);
  const root = rootOf(paths);
  if (root === undefined) {
    throw refusedProject(
      'The archive has no MLproject file, neither itself nor in the one folder that all of it is in.',
    );
  }
  const inner = (path: string): string => (root === '' ? path : `${root}/${path}`);
  const name = [...files.keys()].find(
    (path) => path.split('/').length === inner('x').split('/').length,
  );
  const text = new TextDecoder().decode(files.get(name ?? ''));
  const project = parseProject(text);
  const folders = foldersOf(paths);
  requireRunnable(project, {
    ...asked,
    hasFile: (path) => paths.get(inner(path)) === 'file',
    has: (path) => paths.has(inner(path)) || folders.has(inner(path)),
  });
  const wantsEnvironment =
    project.wantsEnvironment || paths.get(inner(ENVIRONMENT_FILE)) === 'file';
  return { root, environment: wantsEnvironment ? 'virtualenv' : 'local' };
}

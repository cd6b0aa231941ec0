import { dirname, join } from 'node:path';
import { run } from '../local/process.ts';
import { ensureMlflowServerPython } from '../local/sample/python.ts';

/** Where the files of MLflow's web UI are, after installing MLflow where it is missing. */
export async function buildFolder(onInstall?: () => void): Promise<string> {
  const python = await ensureMlflowServerPython(onInstall === undefined ? {} : { onInstall });
  const code = 'import importlib.util as u; print(u.find_spec("mlflow").origin)';
  return join(dirname((await run(python, ['-c', code])).trim()), 'server', 'js', 'build');
}

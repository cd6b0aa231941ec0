import { queryOptions } from '@tanstack/react-query';
import { listLevel } from '../artifacts/artifact-data.ts';
import { idOf, type Run } from '../run-data.ts';

/** A file by its path, and the runs that have it. */
export interface SharedFile {
  readonly path: string;
  readonly runs: readonly string[];
}

export interface SharedFiles {
  readonly files: readonly SharedFile[];
  /** Whether there are more than were looked for. */
  readonly more: boolean;
}

const MOST_FILES = 300;
const MOST_FOLDERS = 40;
/** Files of more runs beside each other are not looked at, but paid for. */
export const RUNS_WITH_FILES = 10;

/** Paths of the files of a run, level by level, so far. */
async function pathsOf(run: string): Promise<{ paths: readonly string[]; more: boolean }> {
  const paths: string[] = [];
  const folders: { path: string; token: string }[] = [{ path: '', token: '' }];
  for (let read = 0; folders.length > 0; read += 1) {
    const next = folders.shift();
    if (next === undefined || read >= MOST_FOLDERS || paths.length >= MOST_FILES) {
      return { paths, more: true };
    }
    const { files = [], next_page_token: token } = await listLevel(run, next.path, next.token);
    for (const file of files) {
      if (file.is_dir) folders.push({ path: file.path, token: '' });
      else paths.push(file.path);
    }
    if (token !== undefined && token !== '') folders.unshift({ path: next.path, token });
  }
  return { paths, more: false };
}

async function sharedFiles(ids: readonly string[]): Promise<SharedFiles> {
  const found = await Promise.all(ids.map(pathsOf));
  const byPath = new Map<string, string[]>();
  ids.forEach((id, index) => {
    for (const path of found[index]?.paths ?? []) {
      byPath.set(path, [...(byPath.get(path) ?? []), id]);
    }
  });
  const files = [...byPath].map(([path, runs]) => ({ path, runs }));
  // What most runs have can be compared.
  files.sort((a, b) => b.runs.length - a.runs.length || a.path.localeCompare(b.path));
  return { files, more: found.some(({ more }) => more) };
}

export const sharedFilesQuery = (runs: readonly Run[]) => {
  const ids = runs.slice(0, RUNS_WITH_FILES).map(idOf);
  return queryOptions({
    queryKey: ['shared-files', ids],
    queryFn: () => sharedFiles(ids),
    staleTime: 30_000,
  });
};

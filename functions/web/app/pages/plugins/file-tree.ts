export interface TreeFile {
  readonly id: number;
  readonly filename: string;
}

export interface TreeFolder {
  readonly name: string;
  readonly folders: readonly TreeFolder[];
  readonly files: readonly TreeFile[];
}

/** Files in the folders that their names tell, folders first, all by their names. */
export function treeOf(files: readonly TreeFile[], name = '', depth = 0): TreeFolder {
  const here = files.filter(({ filename }) => filename.split('/').length === depth + 1);
  const below = files.filter(({ filename }) => filename.split('/').length > depth + 1);
  const names = [...new Set(below.map(({ filename }) => filename.split('/')[depth] ?? ''))].sort();
  return {
    name,
    files: here.toSorted((a, b) => (a.filename < b.filename ? -1 : 1)),
    folders: names.map((folder) =>
      treeOf(
        below.filter(({ filename }) => filename.split('/')[depth] === folder),
        folder,
        depth + 1,
      ),
    ),
  };
}

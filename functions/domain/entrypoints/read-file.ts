import type * as file from './entrypoint-file.ts';

/** The texts of the two graphs in a file; YAML's parser is large, and only imports need it here. */
export async function graphsInFile(
  path: string,
  text: string,
): Promise<ReturnType<typeof file.graphsInFile>> {
  return (await import('./entrypoint-file.ts')).graphsInFile(path, text);
}

import { Document, isMap, isScalar } from 'yaml';
import { invalid } from '#kernel/errors.ts';
import { composeDocument, YamlRefusal } from './task-graph/yaml-limits.ts';

/** The texts of the two graphs that a file holds under `graph` and `artifacts`; '' where there is none. */
export function graphsInFile(text: string): {
  readonly taskGraph: string;
  readonly artifactGraph: string;
} {
  try {
    const root = composeDocument(text).contents;
    if (!isMap(root)) throw new YamlRefusal('it needs a map with "graph"', 0);
    const part = (name: string): string => {
      const node: unknown = root.get(name, true);
      const isEmpty =
        isScalar<unknown>(node) && ['', '~', 'null'].includes(String(node.value ?? ''));
      if (node === undefined || isEmpty) return '';
      const document = new Document(null, { schema: 'failsafe', version: '1.1' });
      document.contents = node as typeof document.contents;
      return document.toString({ lineWidth: 0, directives: false });
    };
    return { taskGraph: part('graph'), artifactGraph: part('artifacts') };
  } catch (error) {
    // What is written anew may miss an anchor of the other graph.
    const message = error instanceof Error ? error.message : 'it cannot be read';
    throw invalid('invalid_yaml', `No valid YAML: ${message}.`);
  }
}

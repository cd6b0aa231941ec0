import { Document, isMap, isScalar } from 'yaml';
import { invalid } from '#kernel/errors.ts';
import { composeDocument, YamlRefusal } from './task-graph/yaml-limits.ts';

interface Graphs {
  readonly taskGraph: string;
  readonly artifactGraph: string;
}

/**
 * The texts of the two graphs that the file at `path` holds under `graph` and `artifacts`; '' where
 * there are no artifacts. Throws `invalid` (`invalid_yaml`, `empty_graph`).
 */
export function graphsInFile(path: string, text: string): Graphs {
  const graphs = readGraphs(path, text);
  if (graphs.taskGraph !== '') return graphs;
  throw invalid('empty_graph', `${path}: the key "graph" is missing or empty; it holds the steps.`);
}

function readGraphs(path: string, text: string): Graphs {
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
    throw invalid('invalid_yaml', `${path}: no valid YAML: ${message}.`);
  }
}

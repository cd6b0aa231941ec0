import { withoutEndSlashes } from '#kernel/strings.ts';
import { experimentText } from './experiments/experiment-ids.ts';
import type { Run } from './schemas.ts';

/** Where clients that speak to us find the files of a run. */
export const artifactUri = (run: Pick<Run, 'experimentId' | 'id' | 'artifactRoot'>): string => {
  const root = run.artifactRoot ?? artifactRootOf(run.experimentId);
  return `${withoutEndSlashes(root)}/${run.id}/artifacts`;
};

/** Where an experiment keeps the files of its runs, when that is here. */
export const artifactRootOf = (experimentId: number): string =>
  `mlflow-artifacts:/${experimentText(experimentId)}`;

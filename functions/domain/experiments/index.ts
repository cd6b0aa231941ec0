export {
  changeExperiment,
  createExperiment,
  type Experiment,
  type ExperimentData,
  entrypointIds,
  experimentKind,
  linkEntrypoints,
} from './experiments.ts';

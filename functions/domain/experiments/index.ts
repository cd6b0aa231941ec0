export {
  changeExperiment,
  createExperiment,
  type Experiment,
  type ExperimentData,
  entrypointIds,
  experimentChangedOn,
  experimentKind,
  linkEntrypoints,
} from './experiments.ts';

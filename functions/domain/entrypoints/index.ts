export {
  type Entrypoint,
  type EntrypointData,
  entrypointKind,
  queueIds,
} from './entrypoint.ts';
export { requireEntrypoints } from './require.ts';
export { castParameterValue } from './task-graph/index.ts';

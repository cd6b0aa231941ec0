export type { PluginList } from './bind.ts';
export { addEntrypointPlugins, linkQueues, removeEntrypointPlugin } from './change-parts.ts';
export { engineDocument, entrypointBundle, getEntrypointConfig } from './config.ts';
export {
  type Entrypoint,
  type EntrypointData,
  entrypointKind,
  queueIds,
} from './entrypoint.ts';
export { graphsInFile } from './read-file.ts';
export { requireEntrypoints } from './require.ts';
export {
  changeEntrypoint,
  createEntrypoint,
  type EntrypointChange,
  type NewEntrypoint,
} from './save.ts';
export { castParameterValue, parameterTypes } from './task-graph/parameter-values.ts';
export { TypeStructure } from './type-structure.ts';

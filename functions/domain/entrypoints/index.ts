export type { PluginList } from './bind.ts';
export { changeEntrypointAsDrafted } from './change-drafted.ts';
export { addEntrypointPlugins, linkQueues, removeEntrypointPlugin } from './change-parts.ts';
export type { EntrypointChange, NewEntrypoint } from './check-save.ts';
export { offeredSwaps, usedParameters } from './choices.ts';
export { entrypointBundle, getEntrypointConfig } from './config.ts';
export {
  type BoundChoice,
  type Entrypoint,
  type EntrypointData,
  entrypointKind,
  queueIds,
} from './entrypoint.ts';
export { lintEntrypoint, lintEntrypointChange } from './lint.ts';
export { graphsInFile } from './read-file.ts';
export { engineDocument } from './render.ts';
export { renderedConfig } from './rendered-config.ts';
export { requireEntrypoints } from './require.ts';
export { changeEntrypoint, createEntrypoint } from './save.ts';
export { chosenNeeds, listSwaps } from './swaps.ts';
export { isJsonMap as isYamlMap, type JsonValue as YamlValue } from './task-graph/json.ts';
export { parameterTypes } from './task-graph/parameter-types.ts';
export { castParameterValue } from './task-graph/parameter-values.ts';
export { readYaml } from './task-graph/read-yaml.ts';
export { TypeStructure } from './type-structure.ts';

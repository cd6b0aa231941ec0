export { BUILTIN_PLUGINS } from './builtin-plugins.ts';
export { pluginBundle, pluginFilesBundle, pluginsAt } from './bundle.ts';
export { requireTypes } from './check-tasks.ts';
export {
  type FoundArtifactTask,
  type FoundVersion,
  findArtifactTask,
  requirePlugins,
  requirePluginVersions,
} from './find-plugin.ts';
export {
  type ArtifactTask,
  type BoundFile,
  type FunctionTask,
  type InputParam,
  type NewTasks,
  type OutputParam,
  type Plugin,
  type PluginData,
  type PluginFile,
  type PluginFileData,
  pluginFileKind,
  pluginKind,
  type Tasks,
  typeIdsOf,
} from './plugin.ts';
export {
  changePluginFile,
  createPluginFile,
  deletePluginFile,
  deletePluginFiles,
  type FileOfPlugin,
  getPluginFile,
  getPluginFileSnapshot,
  listPluginFileSnapshots,
  listPluginFiles,
  type NewPluginFile,
} from './plugin-files.ts';
export { changePlugin, createPlugin, type PluginText } from './plugins.ts';
export { insidePlugin, savePluginFiles } from './save-files.ts';
export {
  BUILTIN_TYPES,
  builtinTypeWrites,
  changeParameterType,
  createParameterType,
  deleteParameterType,
  type ParameterType,
  type ParameterTypeData,
  parameterTypeKind,
} from './types.ts';
export { type UploadedPlugin, uploadPlugin } from './upload-plugin.ts';

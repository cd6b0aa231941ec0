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

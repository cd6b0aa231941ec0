import { castParameterValue } from '#domain/entrypoints/task-graph/index.ts';
import type { DefaultFault } from './form-faults.ts';

/** As a save would refuse it. */
export const defaultFault: DefaultFault = ({ parameterType, defaultValue }) => {
  if (defaultValue === null) {
    return parameterType === 'list' || parameterType === 'mapping'
      ? `A ${parameterType} needs a default, as JSON.`
      : undefined;
  }
  const cast = castParameterValue(parameterType, defaultValue);
  return cast.ok ? undefined : `The default ${cast.message}.`;
};

/** The template that would be deployed, made in this process. */
import type { Resources } from '../../../infra/idle-cost.ts';
import { synthesize } from '../../infra/stack-synth.ts';

/** The resources of a deployment with this context and a ready image of the worker. */
export const deployedResources = (context: Readonly<Record<string, unknown>> = {}): Resources =>
  synthesize({ workerImage: 'registry.test/worker:1', ...context }).toJSON().Resources;

/** Memory of the function whose logical id begins so, in MB. */
export function megabytesOf(resources: Resources, name: string): number {
  const found = Object.entries(resources).find(
    ([id, { Type }]) => Type === 'AWS::Lambda::Function' && id.startsWith(name),
  );
  const memory = Number(found?.[1].Properties?.MemorySize);
  if (!(memory > 0)) throw new Error(`The template has no function ${name}.`);
  return memory;
}

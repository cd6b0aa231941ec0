import { offeredSwaps } from './choices.ts';
import type { EntrypointData } from './entrypoint.ts';
import type { Choices } from './task-graph/index.ts';

/** The engine document under complete choices, as JSON text. */
export async function renderedConfig(data: EntrypointData, choices: Choices): Promise<string> {
  if (offeredSwaps(data).length === 0) return data.config;
  // Most entrypoints have no swaps, and starts of the API count every kilobyte.
  const { renderedDocument } = await import('./render.ts');
  return JSON.stringify(renderedDocument(data, choices));
}

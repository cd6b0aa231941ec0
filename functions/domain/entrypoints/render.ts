import { invalid } from '#kernel/errors.ts';
import { offeredSwaps, usedParameters } from './choices.ts';
import type { EntrypointData } from './entrypoint.ts';
import type { Choices, EngineDocument, ExactNumber } from './task-graph/index.ts';
import { renderParameters } from './task-graph/parameter-values.ts';
import { renderChoices } from './task-graph/render-choices.ts';

/** TypeScript's library does not know this function of Node 24 yet. */
const { rawJSON } = JSON as unknown as { readonly rawJSON: (text: string) => ExactNumber };

/** The engine document as it is stored; numbers that JavaScript would print otherwise keep their text. */
export const engineDocument = (entrypoint: Pick<EntrypointData, 'config'>): EngineDocument =>
  JSON.parse(
    entrypoint.config,
    (_key: string, value: unknown, context?: { readonly source?: string }) =>
      typeof value === 'number' && context?.source !== undefined && context.source !== String(value)
        ? rawJSON(context.source)
        : value,
  ) as EngineDocument;

const listed = (names: Iterable<string>): string => [...names].join(', ');

/** Throws `invalid` (`swaps_unresolved`) unless each choice is offered and, but for a part, no swap is left open. */
function requireChoices(data: Pick<EntrypointData, 'swaps'>, choices: Choices, partial: boolean) {
  const offered = offeredSwaps(data);
  const swaps = new Set(offered.map(({ swap }) => swap));
  const open = [...swaps].filter((swap) => !choices.has(swap));
  if (!partial && open.length > 0) {
    throw invalid('swaps_unresolved', `swaps: nothing is chosen for ${listed(open)}.`);
  }
  const strange = [...choices.keys()].filter((swap) => !swaps.has(swap));
  if (strange.length > 0) {
    throw invalid('swaps_unresolved', `swaps: the graph has no swap ${listed(strange)}.`);
  }
  const lost = [...choices].filter(
    ([swap, alias]) => !offered.some((one) => one.swap === swap && one.alias === alias),
  );
  if (lost.length > 0) {
    const shown = lost.map(([swap, alias]) => `${alias} of ${swap}`);
    throw invalid('swaps_unresolved', `swaps: no such choice: ${listed(shown)}.`);
  }
}

/**
 * The engine document under choices of the swaps. A part leaves swaps open and keeps all parameters.
 * Throws `invalid` (`swaps_unresolved`).
 */
export function renderedDocument(
  data: Pick<EntrypointData, 'config' | 'parameters' | 'usedParameters' | 'swaps'>,
  choices: Choices,
  { partial = false }: { readonly partial?: boolean } = {},
): EngineDocument {
  requireChoices(data, choices, partial);
  const document = engineDocument(data);
  const graph = renderChoices(document.graph, choices);
  if (partial) return { ...document, graph, parameters: renderParameters(data.parameters) };
  const used = usedParameters(data, choices);
  const kept = Object.entries(document.parameters).filter(([name]) => used.has(name));
  return { ...document, graph, parameters: Object.fromEntries(kept) };
}

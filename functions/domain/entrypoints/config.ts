import type { FileType } from '#domain/archives/index.ts';
import { pluginBundle } from '#domain/plugins/index.ts';
import { getSnapshot } from '#domain/resources/index.ts';
import type { Context } from '#kernel/context.ts';
import type { Download } from '#kernel/download.ts';
import { invalid } from '#kernel/errors.ts';
import type { PluginList } from './bind.ts';
import { offeredSwaps } from './choices.ts';
import { entrypointKind } from './entrypoint.ts';
import type { Choices, EngineDocument } from './task-graph/index.ts';

/** What is wanted of an engine document. */
export interface ConfigRequest {
  readonly sections?: readonly string[];
  readonly choices: Choices;
  /** Swaps may stay open. */
  readonly partial: boolean;
}

/** Sections in which the choices of swaps show. */
const CHOSEN_SECTIONS = ['graph', 'tasks'];

/** The engine document of a version, or some sections of it. Throws `invalid` (`query_parameter`, `swaps_unresolved`). */
export async function getEntrypointConfig(
  ctx: Context,
  id: number,
  snapshotId: number,
  { sections, choices, partial }: ConfigRequest,
): Promise<Partial<EngineDocument>> {
  const { data } = await getSnapshot(ctx, entrypointKind, id, snapshotId);
  const needsNone =
    sections !== undefined &&
    choices.size === 0 &&
    offeredSwaps(data).length > 0 &&
    !sections.some((section) => CHOSEN_SECTIONS.includes(section));
  const { renderedDocument } = await import('./render.ts');
  const document = renderedDocument(data, choices, { partial: partial || needsNone });
  if (sections === undefined) return document;
  const unknown = sections.filter((section) => !Object.hasOwn(document, section));
  if (unknown.length > 0) {
    const known = Object.keys(document).join(', ');
    throw invalid('query_parameter', `sections: unknown: ${unknown.join(', ')}; use ${known}.`);
  }
  return Object.fromEntries(
    Object.entries(document).filter(([section]) => sections.includes(section)),
  );
}

const bundleNames: { readonly [list in PluginList]: string } = {
  plugins: 'plugins_bundle',
  artifactPlugins: 'artifact_serialize_bundle',
};

/** The files of the plugins that a version of an entrypoint binds. */
export async function entrypointBundle(
  ctx: Context,
  version: { readonly id: number; readonly snapshot: number },
  list: PluginList,
  type: FileType,
): Promise<Download> {
  const { data } = await getSnapshot(ctx, entrypointKind, version.id, version.snapshot);
  return pluginBundle(ctx, data[list], { name: bundleNames[list], type });
}

import type { FileType } from '#domain/archives/index.ts';
import { type Bundle, pluginBundle } from '#domain/plugins/index.ts';
import { getSnapshot } from '#domain/resources/index.ts';
import type { Context } from '#kernel/context.ts';
import { invalid } from '#kernel/errors.ts';
import type { PluginList } from './bind.ts';
import { type EntrypointData, entrypointKind } from './entrypoint.ts';
import type { EngineDocument, ExactNumber } from './task-graph/index.ts';

/** TypeScript's library does not know this function of Node 24 yet. */
const { rawJSON } = JSON as unknown as { readonly rawJSON: (text: string) => ExactNumber };

/** The engine document; numbers that JavaScript would print otherwise keep their text. */
export const engineDocument = (entrypoint: Pick<EntrypointData, 'config'>): EngineDocument =>
  JSON.parse(
    entrypoint.config,
    (_key: string, value: unknown, context?: { readonly source?: string }) =>
      typeof value === 'number' && context?.source !== undefined && context.source !== String(value)
        ? rawJSON(context.source)
        : value,
  ) as EngineDocument;

/** The engine document of a version, or some sections of it. Throws `invalid` (`query_parameter`). */
export async function getEntrypointConfig(
  ctx: Context,
  id: number,
  snapshotId: number,
  sections?: readonly string[],
): Promise<Partial<EngineDocument>> {
  const { data } = await getSnapshot(ctx, entrypointKind, id, snapshotId);
  const document = engineDocument(data);
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
): Promise<Bundle> {
  const { data } = await getSnapshot(ctx, entrypointKind, version.id, version.snapshot);
  return pluginBundle(ctx, data[list], { name: bundleNames[list], type });
}
